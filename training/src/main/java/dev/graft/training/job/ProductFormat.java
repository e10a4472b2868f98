package dev.graft.training.job;

import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.runtime.session.Device;
import dev.graft.tensor.DType;
import dev.graft.training.config.ModelOptions;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The number format of products: on a GPU what {@code bf16} or {@code fp16} asks for, else that of most of the file's weights. A processor computes in
 * float32, whatever the file is in: it has no bfloat16, and float16 is slower there.
 */
final class ProductFormat {
    private ProductFormat() {}

    static DType of(ModelOptions options, Device device) {
        if (!(device instanceof Device.Cuda)) {
            return DType.FLOAT32;
        }
        return switch (options.precision()) {
            case FLOAT16 -> DType.FLOAT16;
            case BFLOAT16 -> DType.BFLOAT16;
            case FLOAT32 ->
                ofMostWeights(options)
                        .filter(format -> format == DType.FLOAT16 || format == DType.BFLOAT16)
                        .orElse(DType.FLOAT32);
        };
    }

    private static Optional<DType> ofMostWeights(ModelOptions options) {
        Map<DType, Long> elements = new EnumMap<>(DType.class);
        for (TensorIndex tensor :
                ModelScanner.scan(options.model()).graph().initializers().values()) {
            if (tensor.dtype().isFloat()) {
                elements.merge(tensor.dtype(), tensor.shape().elements(), Long::sum);
            }
        }
        return elements.entrySet().stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(Map.Entry::getKey);
    }
}
