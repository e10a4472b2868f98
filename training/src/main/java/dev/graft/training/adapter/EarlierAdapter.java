package dev.graft.training.adapter;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * An adapter that training goes on from. It must be what is trained now, tensor by tensor: a branch of another scaling would begin as
 * another function, and what is not trained would be lost.
 */
final class EarlierAdapter {
    /** Scalings went through a configuration's decimals. */
    private static final double SAME = 1e-6;

    private final TrainableLayout layout;
    private final ToDoubleFunction<String> scaling;
    private final Adapter adapter;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    EarlierAdapter(TrainableLayout layout, ToDoubleFunction<String> scaling, Adapter adapter) {
        this.layout = layout;
        this.scaling = scaling;
        this.adapter = adapter;
    }

    /**
     * Its values in the layout.
     *
     * @throws GraftException {@code ADAPTER_TENSORS_INVALID} that names the first difference
     */
    float[] values() {
        adapter.changes().forEach(this::add);
        float[] values = new float[Math.toIntExact(layout.size())];
        for (Entry entry : layout.entries()) {
            copy(entry, checked(entry), values);
        }
        tensors.keySet().stream().findFirst().ifPresent(name -> {
            throw unfit(name + " is in it and would not be trained", remedyFor(name, true));
        });
        adapter.lowRankChanges().forEach(this::checkScaling);
        return values;
    }

    private void add(ModuleChange change) {
        if (change instanceof LowRankChange low) {
            addLowRank(low);
        } else if (change instanceof TensorReplacement whole) {
            tensors.put(whole.module() + "." + whole.parameter(), whole.value());
        } else {
            throw unfit(
                    change.module() + " has rows of its own (trainable tokens), which are not trained",
                    "Merge the adapter into the base, and train another one on the result.");
        }
    }

    private void addLowRank(LowRankChange change) {
        boolean embedding = change.kind() == LayerKind.EMBEDDING;
        String module = change.module();
        tensors.put(module + (embedding ? TrainedAdapter.EMBEDDING_A : TrainedAdapter.SUFFIX_A), change.a());
        tensors.put(module + (embedding ? TrainedAdapter.EMBEDDING_B : TrainedAdapter.SUFFIX_B), change.b());
        Tensor magnitude = change.magnitude();
        if (magnitude != null) {
            Shape flat = Shape.of(magnitude.shape().elements());
            tensors.put(module + TrainedAdapter.MAGNITUDE, magnitude.withShape(flat));
        }
        if (change.biasDelta() != null) {
            tensors.put(module + TrainedAdapter.BIAS, change.biasDelta());
        }
    }

    private Tensor checked(Entry entry) {
        Tensor tensor = tensors.remove(entry.name());
        if (tensor == null) {
            throw unfit(entry.name() + " is trained and not in it", remedyFor(entry.name(), false));
        }
        if (!tensor.shape().equals(entry.shape())) {
            throw unfit(
                    entry.name() + " is trained as " + entry.shape() + " and in it as " + tensor.shape(),
                    entry.name().contains(".lora_") && !entry.name().endsWith(TrainedAdapter.BIAS)
                            ? "Set lora_rank to the adapter's r (and rank_pattern), or train on the base that it was trained on."
                            : "Train on the base that it was trained on.");
        }
        return tensor;
    }

    private static void copy(Entry entry, Tensor tensor, float[] values) {
        Tensor oriented = entry.transposed() ? tensor.transposed() : tensor;
        double[] doubles = oriented.inFormat(DType.FLOAT32).toDoubles();
        for (int i = 0; i < doubles.length; i++) {
            values[Math.toIntExact(entry.offset()) + i] = (float) doubles[i];
        }
    }

    private void checkScaling(LowRankChange change) {
        double now = scaling.applyAsDouble(change.module());
        if (Math.abs(now - change.scaling()) > SAME * Math.abs(now)) {
            throw unfit(
                    "the scaling of " + change.module() + " is trained as " + now + " and in it is " + change.scaling(),
                    "Set lora_alpha, alpha_pattern and use_rslora as in the adapter's configuration (the scaling is alpha/r, or alpha/√r).");
        }
    }

    /** The key that decides whether a tensor is trained. */
    private static String remedyFor(String name, boolean inAdapter) {
        if (name.endsWith(TrainedAdapter.MAGNITUDE)) {
            return "Set use_dora: " + inAdapter + ".";
        }
        if (name.endsWith(TrainedAdapter.BIAS)) {
            return "Set lora_bias: " + inAdapter + ".";
        }
        if (name.endsWith(".bias")) {
            return "Set bias (none, all or lora_only) and additional_target as the adapter was trained.";
        }
        return name.contains(".lora_")
                ? "Let lora_target (and layers_to_transform) name the adapter's own modules; graft inspect lists them."
                : "Let additional_target name the modules that the adapter has whole; graft inspect lists them.";
    }

    private GraftException unfit(String difference, String remedy) {
        return new GraftException(
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "training cannot go on from this adapter: " + difference,
                Location.ofFile(adapter.source()),
                remedy);
    }
}
