package dev.graft.compiler.resolve;

import dev.graft.compiler.resolve.Scope.Value;
import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.TensorValues;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What a node reads, traced back to the tensor that is stored.
 *
 * @param tensor the stored tensor
 * @param shape the shape it was given last by a Reshape, before any transposition
 * @param transposed whether the node reads the transpose of the stored matrix
 * @param dequantized whether a DequantizeLinear stands in between
 * @param values the values on the way, from the one that the node reads to the stored one
 */
record StoredValue(TensorIndex tensor, Shape shape, boolean transposed, boolean dequantized, List<Value> values) {
    /** Operators through which a weight stays the same weight: other values of the same numbers. */
    static final Set<String> PASS_THROUGH = Set.of(
            "Identity",
            "Cast",
            "CastLike",
            "Transpose",
            "Reshape",
            "Squeeze",
            "Unsqueeze",
            "Flatten",
            "DequantizeLinear");

    private static final int MAX_STEPS = 32;

    /** The shape as the node reads it. */
    Shape readShape() {
        return transposed ? shape.reversed() : shape;
    }

    /** Traces a name back to a stored tensor, if only operators of {@link #PASS_THROUGH} that keep it a matrix lie between. */
    static Optional<StoredValue> trace(Scope scope, String name) {
        List<Value> values = new ArrayList<>();
        List<NodeIndex> steps = new ArrayList<>();
        Optional<Value> next = scope.value(name);
        while (next.isPresent() && steps.size() <= MAX_STEPS) {
            Value value = next.get();
            values.add(value);
            Optional<TensorIndex> stored = value.scope().stored(value.name());
            if (stored.isPresent()) {
                return forward(stored.get(), steps, values);
            }
            Optional<NodeIndex> step = value.scope().producer(value.name()).filter(StoredValue::passesThrough);
            step.ifPresent(steps::add);
            next = step.flatMap(node -> value.scope().value(node.input(0)));
        }
        return Optional.empty();
    }

    static boolean passesThrough(NodeIndex node) {
        boolean known = node.domain().isEmpty() || node.opType().equals("DequantizeLinear");
        return known && !node.outputs().isEmpty() && PASS_THROUGH.contains(node.opType());
    }

    /** Follows the shape from the stored tensor on. */
    private static Optional<StoredValue> forward(TensorIndex tensor, List<NodeIndex> steps, List<Value> values) {
        StoredValue value = new StoredValue(tensor, tensor.shape(), false, false, List.copyOf(values));
        for (int i = steps.size() - 1; i >= 0; i--) {
            Optional<StoredValue> after =
                    value.after(steps.get(i), values.get(i).scope());
            if (after.isEmpty()) {
                return after;
            }
            value = after.get();
        }
        return Optional.of(value);
    }

    private Optional<StoredValue> after(NodeIndex node, Scope scope) {
        return switch (node.opType()) {
            case "Identity", "Cast", "CastLike" -> Optional.of(this);
            case "DequantizeLinear" -> Optional.of(new StoredValue(tensor, shape, transposed, true, values));
            case "Transpose" -> permuted(node);
            default -> reshaped(node, scope);
        };
    }

    private Optional<StoredValue> permuted(NodeIndex node) {
        int rank = shape.rank();
        boolean reverses = !node.attributes().containsKey("perm");
        if (node.attributes().get("perm") instanceof AttributeIndex.IntsValue perm) {
            boolean keeps = true;
            reverses = perm.values().size() == rank;
            for (int axis = 0; axis < perm.values().size(); axis++) {
                keeps &= perm.values().get(axis) == axis;
                reverses &= perm.values().get(axis) == rank - 1 - axis;
            }
            if (keeps) {
                return Optional.of(this);
            }
        }
        return reverses && rank == 2
                ? Optional.of(new StoredValue(tensor, shape, !transposed, dequantized, values))
                : Optional.empty();
    }

    /** A reshaped transpose is no matrix view of the stored bytes any more. */
    private Optional<StoredValue> reshaped(NodeIndex node, Scope scope) {
        Optional<Shape> target = newShape(node, scope).filter(to -> to.elements() == shape.elements());
        if (target.isPresent() && target.get().equals(readShape())) {
            return Optional.of(this);
        }
        return transposed
                ? Optional.empty()
                : target.map(to -> new StoredValue(tensor, to, false, dequantized, values));
    }

    private Optional<Shape> newShape(NodeIndex node, Scope scope) {
        return switch (node.opType()) {
            case "Reshape" -> integers(node, scope, "shape").flatMap(this::reshape);
            case "Squeeze" ->
                Optional.of(Shape.of(dims().stream()
                        .filter(dim -> dim != 1)
                        .mapToLong(Long::longValue)
                        .toArray()));
            case "Unsqueeze" -> integers(node, scope, "axes").flatMap(this::unsqueeze);
            default -> Optional.empty();
        };
    }

    private Optional<Shape> reshape(List<Long> wanted) {
        List<Long> dims = new ArrayList<>(wanted);
        long known = 1;
        for (int axis = 0; axis < dims.size(); axis++) {
            if (dims.get(axis) == 0 && axis < shape.rank()) {
                dims.set(axis, shape.dim(axis));
            }
            if (dims.get(axis) < -1 || dims.get(axis) > shape.elements()) {
                return Optional.empty();
            }
            known = dims.get(axis) == -1
                    ? known
                    : Math.multiplyHigh(known, dims.get(axis)) == 0 ? known * dims.get(axis) : 0;
        }
        int open = dims.indexOf(-1L);
        if (open >= 0) {
            if (known <= 0 || dims.lastIndexOf(-1L) != open) {
                return Optional.empty();
            }
            dims.set(open, shape.elements() / known);
        }
        return shapeOf(dims);
    }

    private Optional<Shape> unsqueeze(List<Long> axes) {
        List<Long> dims = new ArrayList<>(dims());
        int rank = dims.size() + axes.size();
        for (long axis : axes.stream()
                .map(axis -> axis < 0 ? axis + rank : axis)
                .sorted()
                .toList()) {
            if (axis < 0 || axis > dims.size()) {
                return Optional.empty();
            }
            dims.add((int) axis, 1L);
        }
        return shapeOf(dims);
    }

    private static Optional<Shape> shapeOf(List<Long> dims) {
        try {
            return Optional.of(Shape.of(dims.stream().mapToLong(Long::longValue).toArray()));
        } catch (ArithmeticException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private List<Long> dims() {
        return LongStream.of(shape.toArray()).boxed().toList();
    }

    /** A list of integers that newer operator sets take as input 1 and older ones as an attribute. */
    private static Optional<List<Long>> integers(NodeIndex node, Scope scope, String attribute) {
        if (node.attributes().get(attribute) instanceof AttributeIndex.IntsValue ints) {
            return Optional.of(ints.values());
        }
        return scope.value(node.input(1))
                .flatMap(value -> value.scope().stored(value.name()))
                .flatMap(TensorValues::readInts);
    }
}
