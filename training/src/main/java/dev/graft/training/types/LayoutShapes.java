package dev.graft.training.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Shapes of operators that see the same elements under another shape, or repeat them. */
final class LayoutShapes {
    static final List<Rule> RULES = List.of(
            new Rule("Reshape", LayoutShapes::reshape),
            new Rule("Flatten", LayoutShapes::flatten),
            new Rule("Transpose", LayoutShapes::transpose),
            new Rule("Squeeze", LayoutShapes::squeeze),
            new Rule("Unsqueeze", LayoutShapes::unsqueeze),
            new Rule("Expand", LayoutShapes::expand),
            new Rule("Tile", LayoutShapes::tile),
            new Rule("Shape", LayoutShapes::shape),
            new Rule("Size", n -> n.give(0, List.of())),
            new Rule("ConstantOfShape", n -> n.give(0, asDims(n, n.integers(0)))),
            new Rule("DepthToSpace", n -> blocks(n, 1)),
            new Rule("SpaceToDepth", n -> blocks(n, -1)));

    private LayoutShapes() {}

    /** A shape that is a value. */
    static List<Length> asDims(NodeFacts n, KnownIntegers shape) {
        List<Length> dims = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            int axis = i;
            dims.add(n.lengthOrFresh(() -> shape.at(axis)));
        }
        return dims;
    }

    /**
     * One length that is -1 follows from the number of elements, which stays the same. One that is not known does not, though it looks
     * alike: a tensor without elements can become any other.
     */
    private static void reshape(NodeFacts n) {
        KnownIntegers target = n.integers(1);
        Optional<List<Length>> x = n.dimsIfKnown(0);
        List<Length> dims = new ArrayList<>();
        int open = -1;
        int vague = 0;
        for (int i = 0; i < target.size(); i++) {
            Optional<Length> length = target(n, target, x, i);
            vague += length.isEmpty() ? 1 : 0;
            open = isOpen(target.elementOrNull(i)) ? i : open;
            dims.add(length.orElseGet(n::fresh));
        }
        if (open >= 0 && vague == 1 && x.isPresent()) {
            int at = open;
            dims.set(at, n.lengthOrFresh(() -> rest(x.get(), dims, at)));
        }
        n.give(0, dims);
    }

    private static boolean isOpen(@Nullable Length element) {
        return element != null && element.is(-1);
    }

    /** A length that the target says by itself. */
    private static Optional<Length> target(NodeFacts n, KnownIntegers target, Optional<List<Length>> x, int i) {
        Length length = target.elementOrNull(i);
        if (length == null || !length.isNotNegative()) {
            return Optional.empty();
        }
        if (!length.is(0) || n.number("allowzero", 0) != 0) {
            return Optional.of(length);
        }
        return x.filter(dims -> i < dims.size()).map(dims -> dims.get(i));
    }

    private static Length rest(List<Length> x, List<Length> dims, int open) {
        Length others = Length.ONE;
        List<Length> from = new ArrayList<>(x);
        for (int i = 0; i < dims.size(); i++) {
            // what stands on both sides is taken away on both sides, so that products stay small
            if (i != open && !from.remove(dims.get(i))) {
                others = others.times(dims.get(i));
            }
        }
        return LengthFormulas.quotient(ListRules.product(from), others);
    }

    private static void flatten(NodeFacts n) {
        List<Length> x = n.dims(0);
        long written = n.number("axis", 1);
        int axis = written == x.size() ? x.size() : NodeFacts.axis(written, x.size());
        n.give(
                0,
                List.of(
                        n.lengthOrFresh(() -> ListRules.product(x.subList(0, axis))),
                        n.lengthOrFresh(() -> ListRules.product(x.subList(axis, x.size())))));
    }

    private static void transpose(NodeFacts n) {
        List<Length> x = n.dims(0);
        List<Length> dims = new ArrayList<>();
        Optional<List<Long>> permutation = n.node().intsAttribute("perm");
        if (permutation.isPresent() && permutation.get().size() != x.size()) {
            throw new NotKnown();
        }
        for (int i = 0; i < x.size(); i++) {
            long from = permutation.isPresent() ? permutation.get().get(i) : x.size() - 1L - i;
            dims.add(x.get(NodeFacts.axis(from, x.size())));
        }
        n.give(0, dims);
    }

    private static void squeeze(NodeFacts n) {
        List<Length> x = n.dims(0);
        Optional<long[]> axes = n.numbers(1, "axes");
        if (axes.isEmpty() && x.stream().anyMatch(length -> length.number().isEmpty())) {
            throw new NotKnown();
        }
        TreeSet<Integer> dropped = new TreeSet<>();
        for (int i = 0; axes.isEmpty() && i < x.size(); i++) {
            if (x.get(i).is(1)) {
                dropped.add(i);
            }
        }
        axes.ifPresent(list -> LongStream.of(list).forEach(axis -> dropped.add(NodeFacts.axis(axis, x.size()))));
        List<Length> dims = new ArrayList<>(x);
        dropped.descendingIterator().forEachRemaining(axis -> dims.remove((int) axis));
        n.give(0, dims);
    }

    private static void unsqueeze(NodeFacts n) {
        List<Length> dims = new ArrayList<>(n.dims(0));
        long[] axes = n.numbers(1, "axes").orElseThrow(NotKnown::new);
        int rank = dims.size() + axes.length;
        TreeSet<Integer> added = new TreeSet<>();
        LongStream.of(axes).forEach(axis -> added.add(NodeFacts.axis(axis, rank)));
        if (added.size() != axes.length) {
            throw new NotKnown();
        }
        added.forEach(axis -> dims.add(axis, Length.ONE));
        n.give(0, dims);
    }

    /** A length of which nothing is known leaves a dimension that is not 1 as it is. */
    private static void expand(NodeFacts n) {
        List<Length> x = n.dims(0);
        KnownIntegers shape = n.integers(1);
        n.give(0, ElementwiseShapes.broadcast(n, x, asDims(n, shape)));
    }

    private static void tile(NodeFacts n) {
        List<Length> x = n.dims(0);
        KnownIntegers repeats = n.integers(1);
        List<Length> dims = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            int axis = i;
            dims.add(n.lengthOrFresh(() -> x.get(axis).times(repeats.at(axis))));
        }
        n.give(0, dims);
    }

    private static void shape(NodeFacts n) {
        int rank = n.dims(0).size();
        boolean part = n.hasAttribute("start") || n.hasAttribute("end");
        n.give(0, List.of(part ? n.fresh() : Length.of(rank)));
    }

    /** @param direction 1 if depth becomes space, -1 for the other way */
    private static void blocks(NodeFacts n, int direction) {
        List<Length> x = n.dims(0, 4);
        Length size = Length.of(n.number("blocksize", 1));
        Length area = size.times(size);
        boolean wider = direction > 0;
        n.give(
                0,
                List.of(
                        x.get(0),
                        n.lengthOrFresh(() -> scaled(x.get(1), area, !wider)),
                        n.lengthOrFresh(() -> scaled(x.get(2), size, wider)),
                        n.lengthOrFresh(() -> scaled(x.get(3), size, wider))));
    }

    private static Length scaled(Length length, Length factor, boolean up) {
        return up ? length.times(factor) : LengthFormulas.quotient(length, factor);
    }
}
