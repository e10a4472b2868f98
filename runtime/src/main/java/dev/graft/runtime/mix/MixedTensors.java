package dev.graft.runtime.mix;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adapters added up, each times a weight, as one adapter: {@code [A₁ A₂] · [w₁B₁; w₂B₂] = w₁A₁B₁ + w₂A₂B₂}. The ranks add up, nothing is approximated; a
 * weight costs each element of B one rounding.
 */
final class MixedTensors {
    private final Map<String, List<Tensor>> parts = new LinkedHashMap<>();

    /**
     * Adds an adapter.
     *
     * @throws GraftException {@code ADAPTERS_CONFLICT} for a tensor that is no summand, such as DoRA's gain
     */
    void add(AdapterMix.Part part, @Nullable Path source, List<Tensor> tensors) {
        for (Tensor tensor : tensors) {
            if (!isA(tensor) && !isB(tensor) && !isBias(tensor)) {
                throw new GraftException(
                        ErrorCode.ADAPTERS_CONFLICT,
                        "'" + part.adapter()
                                + "' cannot be weighted or added to another adapter: this tensor is no summand "
                                + "(it is how DoRA scales what is there)",
                        Location.ofTensor(source, tensor.name()),
                        "Run with this adapter alone, at weight 1.");
            }
            Tensor weighted = isA(tensor) ? tensor : tensor.scaled(part.weight());
            parts.computeIfAbsent(tensor.name(), any -> new ArrayList<>()).add(weighted);
        }
    }

    /** The sum, read from the adapters. */
    List<Tensor> sum() {
        return parts.entrySet().stream()
                .map(entry -> sum(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Tensor sum(String name, List<Tensor> tensors) {
        Tensor first = tensors.get(0);
        if (tensors.size() == 1) {
            return first;
        }
        if (isBias(first)) {
            return added(name, tensors);
        }
        // side by side they are read in turn, a row of each
        List<Tensor> near = tensors.stream().map(Tensor::inMemory).toList();
        return Tensor.joined(name, rankAxis(first), near);
    }

    /** A is [in, rank] and B [rank, out]; of convolutions, A is [rank, in, ...] and B [out, rank, ...]. */
    private static int rankAxis(Tensor tensor) {
        boolean matrix = tensor.shape().rank() == 2;
        return isA(tensor) == matrix ? 1 : 0;
    }

    private static Tensor added(String name, List<Tensor> tensors) {
        Tensor first = tensors.get(0);
        double[] sum = first.toDoubles();
        for (Tensor tensor : tensors.subList(1, tensors.size())) {
            double[] more = tensor.toDoubles();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += more[i];
            }
        }
        return Tensor.ofDoubles(name, first.dtype(), first.shape(), sum);
    }

    private static boolean isA(Tensor tensor) {
        return tensor.name().contains("lora_A");
    }

    private static boolean isB(Tensor tensor) {
        return tensor.name().contains("lora_B") && !isBias(tensor);
    }

    private static boolean isBias(Tensor tensor) {
        return tensor.name().endsWith("lora_B.bias");
    }
}
