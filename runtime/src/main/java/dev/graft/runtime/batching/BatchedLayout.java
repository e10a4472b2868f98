package dev.graft.runtime.batching;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the inputs of a model that was attached in style batched say: how many slots there are, of which rank, for which modules.
 *
 * @param slots how many adapters there is room for at a time; slot 0, the base, is not counted
 * @param maxRank the largest rank
 * @param names how the factors are called
 * @param stacks the factors by the name of their input, in the model's order
 * @param batchSymbols what the batch's length is called
 */
record BatchedLayout(int slots, int maxRank, NameStyle names, Map<String, Stack> stacks, Set<String> batchSymbols) {
    /** The input that says per row which slot it uses. */
    static final String SLOT = "adapter_slot";

    private static final String A = ".lora_A.";
    private static final String B = ".lora_B.";
    private static final long MOST_ELEMENTS = Integer.MAX_VALUE / Double.BYTES;

    /** Whether a model has slots, going by its inputs alone. */
    static boolean matches(List<ValueDescription> inputs) {
        return inputs.stream().anyMatch(input -> input.name().equals(SLOT))
                && inputs.stream().anyMatch(BatchedLayout::isStack);
    }

    /**
     * The layout of a model.
     *
     * @throws GraftException {@code MODEL_NOT_BATCHED} if it has no slots, or inputs like slots that contradict each other
     */
    static BatchedLayout of(ModelSession session) {
        return of(session.file(), session.inputs());
    }

    static BatchedLayout of(Path model, List<ValueDescription> inputs) {
        if (!matches(inputs)) {
            throw notBatched(model, null, "the model has no input '" + SLOT + "' with slots for adapters beside it");
        }
        Map<String, Stack> stacks = new LinkedHashMap<>();
        String batch = "";
        for (ValueDescription input : inputs) {
            if (input.name().equals(SLOT)) {
                batch = batch(model, input);
            } else if (isStack(input)) {
                stacks.put(input.name(), stack(model, input));
            }
        }
        Stack first = stacks.values().iterator().next();
        stacks.values().forEach(stack -> requireAlike(model, stack, first, stacks));
        NameStyle names = first.name().endsWith(".MatMul.weight") ? NameStyle.GENAI : NameStyle.OLIVE;
        Set<String> symbols = BatchAxis.symbols(batch, dataInputs(inputs, stacks));
        return new BatchedLayout(first.slots(), first.maxRank(), names, stacks, symbols);
    }

    /** The inputs that a caller feeds: all but the slots. */
    List<ValueDescription> dataInputs(List<ValueDescription> inputs) {
        return dataInputs(inputs, stacks);
    }

    private static List<ValueDescription> dataInputs(List<ValueDescription> inputs, Map<String, Stack> stacks) {
        List<ValueDescription> data = new ArrayList<>(inputs);
        data.removeIf(input -> input.name().equals(SLOT) || stacks.containsKey(input.name()));
        return data;
    }

    /** The other factor's name. */
    static String partner(String name) {
        return name.contains(A) ? name.replace(A, B) : name.replace(B, A);
    }

    private static boolean isStack(ValueDescription input) {
        return (input.name().contains(A) || input.name().contains(B)) && input.rank() == 3;
    }

    private static String batch(Path model, ValueDescription slot) {
        if (slot.dtype() != DType.INT64 || slot.rank() != 1) {
            throw notBatched(model, slot.name(), "expected an int64 input of one dimension, got " + slot);
        }
        if (slot.dims().get(0) instanceof Dimension.Symbolic symbolic) {
            return symbolic.name();
        }
        throw notBatched(
                model,
                slot.name(),
                "the model takes batches of " + slot.dims().get(0) + " only, so rows cannot be collected");
    }

    private static Stack stack(Path model, ValueDescription input) {
        long[] dims = input.dims().stream()
                .mapToLong(dim -> dim instanceof Dimension.Fixed fixed ? fixed.length() : -1)
                .toArray();
        DType dtype = input.dtype();
        if (dtype == null || !dtype.isFloat() || !isSound(dims)) {
            throw notBatched(
                    model,
                    input.name(),
                    "expected numbers of a fixed shape [slots + 1, rows, columns] below 2 GiB, got " + input);
        }
        return new Stack(
                input.name(),
                dtype,
                (int) dims[0] - 1,
                (int) dims[1],
                (int) dims[2],
                input.name().contains(A));
    }

    /** Whether there is a slot, and a stack of float64 is below 2 GiB. */
    private static boolean isSound(long[] dims) {
        return dims[0] >= 2
                && dims[1] >= 1
                && dims[2] >= 1
                && dims[0] <= MOST_ELEMENTS / dims[1]
                && dims[0] * dims[1] <= MOST_ELEMENTS / dims[2];
    }

    private static void requireAlike(Path model, Stack stack, Stack first, Map<String, Stack> stacks) {
        if (!stacks.containsKey(partner(stack.name()))) {
            throw notBatched(model, stack.name(), "the input '" + partner(stack.name()) + "' is missing beside it");
        }
        if (stack.slots() != first.slots() || stack.maxRank() != first.maxRank()) {
            throw notBatched(
                    model,
                    stack.name(),
                    "expected " + first.slots() + " slots of rank " + first.maxRank() + ", as '" + first.name()
                            + "' has, got " + stack.slots() + " of rank " + stack.maxRank());
        }
    }

    private static GraftException notBatched(Path model, @Nullable String tensor, String message) {
        return new GraftException(
                ErrorCode.MODEL_NOT_BATCHED,
                message,
                tensor == null ? Location.ofFile(model) : Location.ofTensor(model, tensor),
                "Make the model with graft attach --style batched, from an export whose batch has any length.");
    }
}
