package dev.graft.runtime.mix;

import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Which adapters a run uses: none, one, or several whose changes are added up, each times a weight.
 *
 * @param parts the adapters, each once, in the order in which they were named
 */
public record AdapterMix(List<Part> parts) {
    /** The model without an adapter. */
    public static final AdapterMix BASE = new AdapterMix(List.of());

    /**
     * An adapter and how much of it.
     *
     * @param adapter the name that the runtime knows it by
     * @param weight a finite factor on its change; 1 is the adapter as trained
     */
    public record Part(String adapter, double weight) {
        public Part {
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("the weight of '" + adapter + "' is " + weight);
            }
        }

        /** As {@code math@0.7}, or {@code math} where the weight is 1. */
        @Override
        public String toString() {
            return weight == 1 ? adapter : adapter + "@" + weight;
        }
    }

    public AdapterMix {
        parts = List.copyOf(parts);
        long names = parts.stream().map(Part::adapter).distinct().count();
        if (names < parts.size()) {
            throw new IllegalArgumentException("an adapter is named twice in " + parts);
        }
    }

    /** One adapter as trained. */
    public static AdapterMix of(String adapter) {
        return of(adapter, 1);
    }

    /** One adapter times a weight. */
    public static AdapterMix of(String adapter, double weight) {
        return BASE.and(adapter, weight);
    }

    /** Two adapters, each times a weight. */
    public static AdapterMix of(String first, double firstWeight, String second, double secondWeight) {
        return of(first, firstWeight).and(second, secondWeight);
    }

    /** This mix and one more adapter. */
    public AdapterMix and(String adapter, double weight) {
        List<Part> more = new ArrayList<>(parts);
        more.add(new Part(adapter, weight));
        return new AdapterMix(more);
    }

    /** Whether it is one adapter as trained. */
    public boolean isPlain() {
        return parts.size() == 1 && parts.get(0).weight() == 1;
    }

    /**
     * The adapters added up as one, exactly: ranks side by side, the weights in B.
     *
     * @param tensors an adapter's tensors, named and typed as the model's inputs
     * @throws dev.graft.error.GraftException {@code ADAPTERS_CONFLICT} for a tensor that is no summand, such as DoRA's gain
     */
    public List<Tensor> summed(Function<String, List<Tensor>> tensors) {
        MixedTensors mixed = new MixedTensors();
        for (Part part : parts) {
            List<Tensor> own = tensors.apply(part.adapter());
            mixed.add(part, own.isEmpty() ? null : own.get(0).file(), own);
        }
        return mixed.sum();
    }

    /** As {@code math@0.7+poetry@0.3}; {@code base} for none. */
    @Override
    public String toString() {
        return parts.isEmpty()
                ? "base"
                : String.join("+", parts.stream().map(Part::toString).toList());
    }
}
