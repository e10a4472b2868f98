package dev.graft.training.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Shapes of operators that join, cut and pick. */
final class PartShapes {
    static final List<Rule> RULES = List.of(
            new Rule("Concat", PartShapes::concat),
            new Rule("Split", PartShapes::split),
            new Rule("Slice", SliceShape::infer),
            new Rule("Gather", PartShapes::gather),
            new Rule("GatherElements", n -> n.give(0, n.dims(1))),
            new Rule("GatherND", PartShapes::gatherNd),
            new Rule("Pad", PartShapes::pad),
            new Rule("Range", PartShapes::range),
            new Rule("OneHot", PartShapes::oneHot),
            new Rule("TopK", PartShapes::topK),
            new Rule("NonZero", n -> n.give(0, List.of(Length.of(n.dims(0).size()), n.fresh()))));

    private PartShapes() {}

    /** Beside the axis all inputs agree, so the one that says most speaks for all. */
    private static void concat(NodeFacts n) {
        List<Length> first = n.dims(0);
        int axis = NodeFacts.axis(n.number("axis", 0), first.size());
        List<Length> dims = new ArrayList<>(first);
        Optional<Length> sum = Optional.of(first.get(axis));
        for (int i = 1; i < n.node().inputs().size(); i++) {
            List<Length> other = n.dims(i, first.size());
            for (int j = 0; j < dims.size(); j++) {
                dims.set(j, clearer(dims.get(j), other.get(j)));
            }
            sum = sum.flatMap(length -> plus(length, other.get(axis)));
        }
        dims.set(axis, sum.orElseGet(n::fresh));
        n.give(0, dims);
    }

    private static Optional<Length> plus(Length a, Length b) {
        try {
            return Optional.of(a.plus(b));
        } catch (NotKnown e) {
            return Optional.empty();
        }
    }

    /** Of two lengths that are equal at run time the one that says more. */
    private static Length clearer(Length a, Length b) {
        boolean vague = a.number().isEmpty()
                && a.symbol()
                        .filter(symbol -> symbol.kind() == Symbol.Kind.FRESH)
                        .isPresent();
        return vague || b.number().isPresent() ? b : a;
    }

    private static void split(NodeFacts n) {
        List<Length> x = n.dims(0);
        int axis = NodeFacts.axis(n.number("axis", 0), x.size());
        int parts = n.outputs();
        Optional<KnownIntegers> lengths = n.node()
                .intsAttribute("split")
                .map(list -> KnownIntegers.of(1, list.size(), i -> Length.of(list.get(i))));
        if (lengths.isEmpty() && n.has(1)) {
            lengths = Optional.of(n.integers(1));
        }
        for (int part = 0; part < parts; part++) {
            KnownIntegers given = lengths.orElse(null);
            int at = part;
            Length length = n.lengthOrFresh(() -> given != null ? given.at(at) : equalPart(x.get(axis), parts, at));
            n.give(part, with(x, axis, length));
        }
    }

    /** All parts are as long, the last may be shorter. */
    private static Length equalPart(Length whole, int parts, int part) {
        Length each = LengthFormulas.quotient(whole.plus(Length.of(parts - 1L)), Length.of(parts));
        Length exact = whole.dividedBy(Length.of(parts)).orElse(each);
        return part < parts - 1 ? exact : whole.minus(exact.times(parts - 1L));
    }

    static List<Length> with(List<Length> dims, int axis, Length length) {
        List<Length> changed = new ArrayList<>(dims);
        changed.set(axis, length);
        return changed;
    }

    private static void gather(NodeFacts n) {
        List<Length> x = n.dims(0);
        int axis = NodeFacts.axis(n.number("axis", 0), x.size());
        n.give(0, join(x.subList(0, axis), n.dims(1), x.subList(axis + 1, x.size())));
    }

    private static void gatherNd(NodeFacts n) {
        List<Length> x = n.dims(0);
        List<Length> indices = n.dims(1);
        long batch = n.number("batch_dims", 0);
        int last = NodeFacts.axis(-1, indices.size());
        long depth = batch + indices.get(last).number().orElseThrow(NotKnown::new);
        if (batch < 0 || depth < 0 || depth > x.size()) {
            throw new NotKnown();
        }
        n.give(0, join(indices.subList(0, last), x.subList((int) depth, x.size()), List.of()));
    }

    private static List<Length> join(List<Length> a, List<Length> b, List<Length> c) {
        List<Length> all = new ArrayList<>(a);
        all.addAll(b);
        all.addAll(c);
        return all;
    }

    private static void pad(NodeFacts n) {
        List<Length> x = n.dims(0);
        KnownIntegers pads = n.node()
                .intsAttribute("pads")
                .map(list -> KnownIntegers.of(1, list.size(), i -> Length.of(list.get(i))))
                .orElseGet(() -> n.integers(1));
        long[] axes = n.has(3)
                ? n.integers(3).numbers().orElseThrow(NotKnown::new)
                : LongStream.range(0, x.size()).toArray();
        if (pads.size() != 2 * axes.length) {
            throw new NotKnown();
        }
        List<Length> dims = new ArrayList<>(x);
        for (int i = 0; i < axes.length; i++) {
            int axis = NodeFacts.axis(axes[i], x.size());
            Length before = pads.elementOrNull(i);
            Length after = pads.elementOrNull(i + axes.length);
            dims.set(
                    axis,
                    before == null || after == null
                            ? n.fresh()
                            : n.lengthOrFresh(() -> x.get(axis).plus(before).plus(after)));
        }
        n.give(0, dims);
    }

    /** {@code max(0, ceil((limit - start) / delta))}. */
    private static void range(NodeFacts n) {
        n.give(0, List.of(n.lengthOrFresh(() -> {
            Length span = n.integers(1).at(0).minus(n.integers(0).at(0));
            long step = n.integers(2).numberAt(0);
            if (step == 1) {
                return LengthFormulas.max(Length.ZERO, span);
            }
            long distance = span.number().orElseThrow(NotKnown::new);
            if (step == 0 || Math.abs(distance) > 1L << 40) {
                throw new NotKnown();
            }
            return Length.of(Math.max(0, -Math.floorDiv(-distance, step)));
        })));
    }

    private static void oneHot(NodeFacts n) {
        List<Length> dims = new ArrayList<>(n.dims(0));
        Length depth = n.lengthOrFresh(() -> n.integers(1).at(0));
        dims.add(NodeFacts.axis(n.number("axis", -1), dims.size() + 1), depth);
        n.give(0, dims);
    }

    private static void topK(NodeFacts n) {
        List<Length> x = n.dims(0);
        int axis = NodeFacts.axis(n.number("axis", -1), x.size());
        Length count = n.lengthOrFresh(() -> n.has(1) ? n.integers(1).at(0) : Length.of(n.number("k", 1)));
        n.give(0, with(x, axis, count));
        n.give(1, with(x, axis, count));
    }
}
