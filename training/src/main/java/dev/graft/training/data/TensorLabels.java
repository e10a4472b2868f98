package dev.graft.training.data;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.config.Loss;
import dev.graft.training.step.Batch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The tensor that the loss compares with. */
final class TensorLabels {
    private static final List<String> USUAL = List.of("labels", "label", "target", "targets");

    private TensorLabels() {}

    /** The name of the labels' tensor; null where the graph computes the loss itself. */
    static @Nullable String name(TensorFile file, Optional<String> given, Loss.Kind loss) {
        if (loss == Loss.Kind.OUTPUT) {
            return null;
        }
        Map<String, Tensor> tensors = file.tensors();
        String name = given.or(() -> USUAL.stream().filter(tensors::containsKey).findFirst())
                .orElse("labels");
        Tensor labels = tensors.get(name);
        if (labels == null) {
            throw TensorFile.invalid(
                    file.file(), null, "expected a tensor '" + name + "' of labels, got " + tensors.keySet());
        }
        check(file.file(), labels, loss);
        return name;
    }

    private static void check(Path file, Tensor labels, Loss.Kind loss) {
        boolean fits = switch (loss) {
            case CAUSAL_LM -> isWhole(labels.dtype()) && labels.shape().rank() == 2;
            case CLASSIFICATION -> isWhole(labels.dtype()) && labels.shape().rank() == 1;
            default -> labels.dtype().isFloat();
        };
        if (!fits) {
            String expected = switch (loss) {
                case CAUSAL_LM -> "whole numbers [rows, length]";
                case CLASSIFICATION -> "whole numbers [rows]";
                default -> "floating-point numbers";
            };
            throw TensorFile.invalid(
                    file,
                    labels.name(),
                    "expected labels to be " + expected + ", got "
                            + labels.dtype().displayName() + " " + labels.shape());
        }
    }

    private static boolean isWhole(DType dtype) {
        return switch (dtype) {
            case INT64, INT32, INT16, INT8, UINT32, UINT16, UINT8, BOOL -> true;
            default -> false;
        };
    }

    /** Labels as the loss head takes them: int64, or float32 for regression. */
    static HostTensor convert(HostTensor labels, Loss.Kind loss, UnaryOperator<Shape> numbers) {
        if (loss == Loss.Kind.REGRESSION) {
            Shape shape = numbers.apply(labels.shape());
            return labels.dtype() == DType.FLOAT32
                    ? new HostTensor(DType.FLOAT32, shape, labels.bytes())
                    : HostTensor.ofDoubles(DType.FLOAT32, shape, labels.toDoubles());
        }
        return labels.dtype() == DType.INT64 ? labels : HostTensor.ofLongs(labels.shape(), labels.toLongs());
    }

    static long counted(HostTensor labels) {
        if (labels.dtype().isFloat()) {
            return labels.elements();
        }
        long counted = 0;
        for (long label : labels.toLongs()) {
            counted += label == Batch.IGNORED ? 0 : 1;
        }
        return counted;
    }
}
