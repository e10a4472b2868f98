package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known of small values without running the model: constants, lengths of inputs, and what a few operators make of them.
 * Elements are doubles, NaN where unknown; integers beyond what a double holds are infinite, which is all that is known of them, and
 * what the end of a slice "to the last" needs.
 */
final class SmallConstants {
    private static final int MOST_ELEMENTS = 64;
    private static final int MOST_STEPS = 32;
    private static final double LARGEST = 0x1p53;

    private final Function<Value, Optional<ValueType>> types;

    /** What follows from the types that are true of values. */
    SmallConstants(Function<Value, Optional<ValueType>> types) {
        this.types = types;
    }

    /** What follows from what a graph's inputs have to be; what a model says of other values need not be true. */
    static SmallConstants ofInputs() {
        return new SmallConstants(
                value -> value.isGraphInput() && value.graph().outer().isEmpty() ? value.type() : Optional.empty());
    }

    /** A truth value that is one element and known. */
    Optional<Boolean> truth(@Nullable Value value) {
        return single(value).map(element -> element != 0);
    }

    /** A number that is one element and known. */
    Optional<Double> single(@Nullable Value value) {
        double[] elements = value == null ? null : elements(value, MOST_STEPS);
        return elements == null || elements.length != 1 || Double.isNaN(elements[0])
                ? Optional.empty()
                : Optional.of(elements[0]);
    }

    /** Whether a value is one element, and that number. */
    boolean is(@Nullable Value value, double number) {
        return single(value).filter(element -> element == number).isPresent();
    }

    /** All elements, if the value is small and every one is known. */
    Optional<double[]> all(@Nullable Value value) {
        double[] elements = value == null ? null : elements(value, MOST_STEPS);
        return elements == null || Arrays.stream(elements).anyMatch(Double::isNaN)
                ? Optional.empty()
                : Optional.of(elements);
    }

    private double @Nullable [] elements(@Nullable Value value, int steps) {
        if (value == null || steps == 0) {
            return null;
        }
        Optional<TensorData> constant = value.constant();
        if (constant.isPresent()) {
            return decode(constant.get());
        }
        Node node = value.producer().orElse(null);
        if (node == null || !(node.domain().isEmpty() || node.domain().equals("ai.onnx"))) {
            return null;
        }
        return switch (node.opType()) {
            case "Constant" -> ofAttributes(node);
            case "Identity", "Squeeze", "Unsqueeze", "Reshape", "Flatten" -> elements(node.input(0), steps - 1);
            case "Cast" -> cast(node, steps);
            case "Shape" -> node.attributes().isEmpty() ? lengths(node.input(0), steps - 1) : null;
            case "Concat" -> concat(node, steps);
            case "Gather" -> gather(node, steps);
            case "Not" -> pairwise(node, steps, (a, b) -> a == 0 ? 1 : 0);
            case "And" -> pairwise(node, steps, (a, b) -> a != 0 && b != 0 ? 1 : 0);
            case "Or" -> pairwise(node, steps, (a, b) -> a != 0 || b != 0 ? 1 : 0);
            case "Xor" -> pairwise(node, steps, (a, b) -> (a != 0) != (b != 0) ? 1 : 0);
            case "Equal" -> pairwise(node, steps, (a, b) -> a == b ? 1 : 0);
            case "Greater" -> pairwise(node, steps, (a, b) -> a > b ? 1 : 0);
            case "GreaterOrEqual" -> pairwise(node, steps, (a, b) -> a >= b ? 1 : 0);
            // whole quotients only: those are the same in integers and in floats
            case "Div" -> pairwise(node, steps, (a, b) -> b != 0 && a % b == 0 ? a / b : Double.NaN);
            case "Less" -> pairwise(node, steps, (a, b) -> a < b ? 1 : 0);
            case "LessOrEqual" -> pairwise(node, steps, (a, b) -> a <= b ? 1 : 0);
            default -> null;
        };
    }

    private double @Nullable [] pairwise(Node node, int steps, DoubleBinaryOperator operator) {
        double[] a = elements(node.input(0), steps - 1);
        double[] b = node.inputs().size() == 1 ? a : elements(node.input(1), steps - 1);
        if (a == null || b == null || a.length != b.length && a.length != 1 && b.length != 1) {
            return null;
        }
        double[] result = new double[a.length == 1 ? b.length : a.length];
        for (int i = 0; i < result.length; i++) {
            double left = a[a.length == 1 ? 0 : i];
            double right = b[b.length == 1 ? 0 : i];
            result[i] = Double.isNaN(left) || Double.isNaN(right) ? Double.NaN : operator.applyAsDouble(left, right);
        }
        return result;
    }

    /** Between integers and truth values; a float may lose its fraction or its exponent, so it is unknown. */
    private double @Nullable [] cast(Node node, int steps) {
        double[] from = elements(node.input(0), steps - 1);
        DType to = DType.ofOnnxNumber(node.intAttribute("to", 0)).orElse(DType.STRING);
        if (from == null || to != DType.BOOL && to != DType.INT64 && to != DType.INT32) {
            return null;
        }
        double limit = to == DType.INT32 ? Integer.MAX_VALUE : LARGEST;
        return Arrays.stream(from)
                .map(x -> to == DType.BOOL && !Double.isNaN(x) ? (x != 0 ? 1 : 0) : x)
                .map(x -> x == Math.rint(x) && Math.abs(x) <= limit || to == DType.INT64 && Double.isInfinite(x)
                        ? x
                        : Double.NaN)
                .toArray();
    }

    private double @Nullable [] gather(Node node, int steps) {
        double[] data = elements(node.input(0), steps - 1);
        double[] indices = elements(node.input(1), steps - 1);
        if (data == null || indices == null || node.intAttribute("axis", 0) != 0) {
            return null;
        }
        double[] result = new double[indices.length];
        for (int i = 0; i < result.length; i++) {
            double index = indices[i] < 0 ? indices[i] + data.length : indices[i];
            result[i] = index >= 0 && index < data.length ? data[(int) index] : Double.NaN;
        }
        return result;
    }

    private double @Nullable [] concat(Node node, int steps) {
        double[] all = new double[0];
        for (Value input : node.inputs()) {
            double[] part = elements(input, steps - 1);
            if (part == null || all.length + part.length > MOST_ELEMENTS) {
                return null;
            }
            int before = all.length;
            all = Arrays.copyOf(all, before + part.length);
            System.arraycopy(part, 0, all, before, part.length);
        }
        return all;
    }

    /** The lengths of a value's dimensions, NaN where unknown; null where not even the rank is known. */
    double @Nullable [] lengths(@Nullable Value value) {
        return lengths(value, MOST_STEPS);
    }

    private double @Nullable [] lengths(@Nullable Value value, int steps) {
        if (value == null || steps == 0) {
            return null;
        }
        Optional<TensorData> stored = value.constant();
        if (stored.isPresent()) {
            return Arrays.stream(stored.get().shape().toArray())
                    .asDoubleStream()
                    .toArray();
        }
        double[] typed = types.apply(value)
                .flatMap(ValueType::dims)
                .map(list -> list.stream()
                        .mapToDouble(dim -> dim instanceof Dim.Fixed fixed ? fixed.length() : Double.NaN)
                        .toArray())
                .orElse(null);
        boolean complete = typed != null && Arrays.stream(typed).noneMatch(Double::isNaN);
        double[] made = complete ? null : madeLengths(value.producer().orElse(null), steps);
        if (typed == null || made == null || made.length != typed.length) {
            return typed == null ? made : typed;
        }
        return merged(typed, made);
    }

    /** Lengths that a node gives its output, where ONNX Runtime's inference loses them: TorchScript puts shapes together itself. */
    private double @Nullable [] madeLengths(@Nullable Node node, int steps) {
        if (node != null && node.is("Reshape")) {
            double[] shape = elements(node.input(1), steps - 1);
            // 0 keeps a length, -1 takes the rest
            return shape == null
                    ? null
                    : Arrays.stream(shape).map(x -> x > 0 ? x : Double.NaN).toArray();
        }
        List<Long> order = node != null && node.is("Transpose")
                ? node.intsAttribute("perm").orElse(List.of())
                : List.of();
        double[] from = order.isEmpty() || node == null ? null : lengths(node.input(0), steps - 1);
        boolean fits = from != null
                && from.length == order.size()
                && order.stream().allMatch(axis -> axis >= 0 && axis < order.size());
        return from == null || !fits
                ? null
                : order.stream().mapToDouble(axis -> from[axis.intValue()]).toArray();
    }

    private static double[] merged(double[] a, double[] b) {
        double[] merged = a.clone();
        for (int i = 0; i < merged.length; i++) {
            merged[i] = Double.isNaN(merged[i]) ? b[i] : merged[i];
        }
        return merged;
    }

    private static double @Nullable [] ofAttributes(Node node) {
        for (Attribute attribute : node.attributes()) {
            if (attribute.value() instanceof Attribute.IntValue value) {
                return new double[] {value.value()};
            }
            if (attribute.value() instanceof Attribute.FloatValue value) {
                return new double[] {value.value()};
            }
            if (attribute.value() instanceof Attribute.IntsValue values
                    && values.values().size() <= MOST_ELEMENTS) {
                return values.values().stream().mapToDouble(Long::doubleValue).toArray();
            }
        }
        return null;
    }

    private static double @Nullable [] decode(TensorData data) {
        if (data.shape().elements() > MOST_ELEMENTS) {
            return null;
        }
        Tensor tensor = data.tensor("constant");
        if (data.dtype().isFloat()) {
            return tensor.toDoubles();
        }
        double[] elements = new double[(int) data.shape().elements()];
        ByteBuffer bytes = ByteBuffer.wrap(tensor.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements.length; i++) {
            elements[i] = switch (data.dtype()) {
                case INT64 -> exact(bytes.getLong());
                case INT32 -> bytes.getInt();
                case BOOL, UINT8 -> Byte.toUnsignedInt(bytes.get());
                default -> Double.NaN;
            };
        }
        return elements;
    }

    private static double exact(long value) {
        return Math.abs((double) value) <= LARGEST
                ? value
                : value < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
}
