package dev.graft.runtime.batching;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.onnxadapter.OnnxFactors;
import dev.graft.error.DidYouMean;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.InputNames;
import dev.graft.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Brings an adapter into the form that slots take, or says why it does not fit: all of it or nothing. */
final class SlotFitting {
    private static final int CHUNK = 8192;

    private final BatchedLayout layout;

    SlotFitting(BatchedLayout layout) {
        this.layout = layout;
    }

    /**
     * An adapter of any format.
     *
     * @throws GraftException {@code CONVERT_UNSUPPORTED} for changes that are no factors of a linear layer, and as {@link #of(String, List)}
     */
    SlotAdapter of(String name, Adapter adapter) {
        return of(name, OnnxFactors.of(adapter, layout.names()));
    }

    /**
     * Adapters added up as one.
     *
     * @param adapters the adapters of the mix by name
     * @throws GraftException as {@link #of(String, Adapter)}; {@code SLOT_RANK_EXCEEDED} where the ranks are too large together
     */
    SlotAdapter of(AdapterMix mix, Function<String, Adapter> adapters) {
        return of(mix.toString(), mix.summed(name -> inModelsTerms(adapters.apply(name))));
    }

    private List<Tensor> inModelsTerms(Adapter adapter) {
        return OnnxFactors.of(adapter, layout.names()).stream()
                .map(factor -> {
                    Stack stack = stack(modelsName(factor));
                    requireShape(stack, factor);
                    return factor.inFormat(stack.dtype()).withName(stack.name());
                })
                .toList();
    }

    /**
     * Factors by the names of their inputs: A [in, rank] and B [rank, out].
     *
     * @throws GraftException {@code TARGET_NOT_FOUND}, {@code TARGET_SHAPE_MISMATCH}, {@code SLOT_RANK_EXCEEDED}, {@code ADAPTER_TENSORS_INVALID}
     */
    SlotAdapter of(String name, List<Tensor> factors) {
        Map<String, Tensor> byInput = new LinkedHashMap<>();
        for (Tensor factor : factors) {
            String input = modelsName(factor);
            if (byInput.put(input, factor) != null) {
                throw error(ErrorCode.ADAPTER_TENSORS_INVALID, factor, "two tensors are for the input '" + input + "'");
            }
        }
        byInput.forEach((input, factor) -> requireShape(stack(input), factor));
        int rank = 0;
        for (Map.Entry<String, Tensor> factor : byInput.entrySet()) {
            rank = Math.max(rank, rank(stack(factor.getKey()), factor.getValue(), byInput));
        }
        Map<String, HostTensor> ready = new HashMap<>();
        byInput.forEach((input, factor) -> ready.put(input, converted(stack(input), factor)));
        return new SlotAdapter(name, layout, ready, rank);
    }

    private Stack stack(String input) {
        Stack stack = layout.stacks().get(input);
        if (stack == null) {
            throw new IllegalStateException("no input " + input);
        }
        return stack;
    }

    private String modelsName(Tensor factor) {
        Set<String> inputs = layout.stacks().keySet();
        return InputNames.of(factor.name(), inputs)
                .orElseThrow(() -> new GraftException(
                        ErrorCode.TARGET_NOT_FOUND,
                        "the adapter holds a tensor that the model has no slots for",
                        Location.ofTensor(factor.file(), factor.name()),
                        (DidYouMean.sentence(factor.name(), inputs)
                                        + " Attach with --style batched for all of the adapter's targets, in one style of names.")
                                .strip()));
    }

    private static void requireShape(Stack stack, Tensor factor) {
        int rankAxis = stack.isA() ? 1 : 0;
        if (!factor.dtype().isFloat()
                || factor.shape().rank() != 2
                || factor.shape().dim(1 - rankAxis) != stack.width()) {
            String wanted = stack.isA() ? "[" + stack.width() + ", rank]" : "[rank, " + stack.width() + "]";
            throw error(
                    ErrorCode.TARGET_SHAPE_MISMATCH,
                    factor,
                    "expected numbers of shape " + wanted + ", got "
                            + factor.dtype().displayName() + " " + factor.shape());
        }
    }

    /** The rank of a factor, which is that of its other half too. */
    private int rank(Stack stack, Tensor factor, Map<String, Tensor> all) {
        int rankAxis = stack.isA() ? 1 : 0;
        long rank = factor.shape().dim(rankAxis);
        Tensor partner = all.get(BatchedLayout.partner(stack.name()));
        if (partner == null || partner.shape().dim(1 - rankAxis) != rank) {
            throw error(
                    ErrorCode.ADAPTER_TENSORS_INVALID,
                    factor,
                    partner == null
                            ? "the adapter holds this factor without its other half"
                            : "its other half '" + partner.name() + "' is " + partner.shape() + ": their ranks differ");
        }
        if (rank > layout.maxRank()) {
            throw new GraftException(
                    ErrorCode.SLOT_RANK_EXCEEDED,
                    "the adapter has rank " + rank + ", the model's slots take at most rank " + layout.maxRank(),
                    Location.ofTensor(factor.file(), factor.name()),
                    "Attach the base again with --max-rank " + rank + " or more.");
        }
        return (int) rank;
    }

    private static HostTensor converted(Stack stack, Tensor factor) {
        HostTensor tensor = HostTensor.of(factor.dtype() == stack.dtype() ? factor : factor.inFormat(stack.dtype()));
        for (int first = 0; first < tensor.elements(); first += CHUNK) {
            for (double value : tensor.toDoubles(first, Math.min(CHUNK, tensor.elements() - first))) {
                if (!Double.isFinite(value)) {
                    throw error(
                            ErrorCode.ADAPTER_TENSORS_INVALID,
                            factor,
                            "it has a value that is not finite in the model's "
                                    + stack.dtype().displayName());
                }
            }
        }
        return tensor;
    }

    private static GraftException error(ErrorCode code, Tensor factor, String message) {
        return new GraftException(
                code,
                message,
                Location.ofTensor(factor.file(), factor.name()),
                "Use an adapter that was trained for this model: A is [in, rank], B is [rank, out].");
    }
}
