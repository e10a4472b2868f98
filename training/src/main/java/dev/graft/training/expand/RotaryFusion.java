package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.training.expand.Pattern.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rotation of the halves of heads, {@code x·cos + (-x₂, x₁)·sin}, in single precision. Cosines and sines are [batch, positions,
 * size] with both halves equal, because they are made of angles put twice; one half, as a table of all rows, is what the operator takes.
 */
final class RotaryFusion implements FusionRule {
    private static final int RANK = 4;

    /** The parts of a match; cosines and sines are without the heads' axis. */
    private record Match(Value x, Value cos, Value sin) {}

    @Override
    public String description() {
        return "Replaces Add(Mul(x, cos), Mul(Concat(Neg(x2), x1), sin)) with RotaryEmbedding(x, positions, cos, sin)";
    }

    @Override
    public boolean canEndWith(Node node) {
        return node.is("Add");
    }

    @Override
    public boolean apply(Pattern pattern, Node node) {
        Optional<Match> match = match(pattern, node);
        match.ifPresent(found -> {
            NodeExpansion f = pattern.formulas(node);
            long half = pattern.dim(found.x(), 3) / 2;
            Value rotated = f.microsoft(
                    "RotaryEmbedding",
                    List.of(
                            found.x(),
                            positions(pattern, f, found),
                            table(f, found.cos(), half),
                            table(f, found.sin(), half)),
                    Attribute.of("interleaved", 0L));
            pattern.replace(node, rotated);
        });
        return match.isPresent();
    }

    private static Optional<Match> match(Pattern pattern, Node node) {
        for (Pair sum : pattern.pairs(node)) {
            for (Pair turned : pattern.pairs(pattern.producer(sum.second(), "Mul"))) {
                Value x = halvesTurned(pattern, turned.first());
                Value sin = x == null ? null : angles(pattern, turned.second(), "Sin");
                Value cos = sin == null || x == null ? null : cosines(pattern, sum.first(), x);
                if (x != null && sin != null && cos != null) {
                    return Optional.of(new Match(x, cos, sin));
                }
            }
        }
        return Optional.empty();
    }

    /** What x is multiplied by, if a value is x times cosines; else null. */
    private static @Nullable Value cosines(Pattern pattern, Value value, Value x) {
        for (Pair kept : pattern.pairs(pattern.producer(value, "Mul"))) {
            if (pattern.same(kept.first(), x)) {
                return angles(pattern, kept.second(), "Cos");
            }
        }
        return null;
    }

    /** x, if the value is its second half negated in front of its first; else null. */
    private static @Nullable Value halvesTurned(Pattern pattern, Value value) {
        Node join = pattern.producer(value, "Concat");
        if (join == null || join.inputs().size() != 2 || !isLast((double) join.intAttribute("axis", 0))) {
            return null;
        }
        Node negated = pattern.producer(join.input(0), "Neg");
        Node second = negated == null ? null : pattern.producer(negated.input(0), "Slice");
        Node first = pattern.producer(join.input(1), "Slice");
        Value whole = first == null ? null : first.input(0);
        if (first == null || second == null || whole == null || !pattern.same(second.input(0), whole)) {
            return null;
        }
        Value x = pattern.source(whole);
        long size = pattern.dim(x, 3);
        boolean fits = pattern.rank(x) == RANK && pattern.isSingle(x) && size > 0 && size % 2 == 0;
        return fits && isPart(pattern, first, 0, size / 2, size) && isPart(pattern, second, size / 2, size, size)
                ? x
                : null;
    }

    private static boolean isLast(double axis) {
        return axis == -1 || axis == RANK - 1;
    }

    private static boolean isPart(Pattern pattern, Node slice, long from, long to, long size) {
        SmallConstants constants = pattern.constants();
        boolean steps = slice.input(4) == null || constants.is(slice.input(4), 1);
        return steps
                && constants.single(slice.input(3)).filter(RotaryFusion::isLast).isPresent()
                && constants.is(slice.input(1), (double) from)
                && constants
                        .single(slice.input(2))
                        .filter(end -> Math.min(end, (double) size) == to)
                        .isPresent();
    }

    /**
     * The cosines or sines of angles that were put twice, [batch, positions, size], if a value is them with an axis for heads; they may
     * have been multiplied by a number.
     */
    private static @Nullable Value angles(Pattern pattern, Value value, String function) {
        Node heads = pattern.producer(value, "Unsqueeze");
        if (heads == null || heads.input(0) == null || !isHeadsAxis(pattern, heads)) {
            return null;
        }
        Value base = pattern.source(heads.input(0));
        Value inner = unscaled(pattern, base);
        Node wave = pattern.producer(inner, function);
        Node twice = wave == null ? null : pattern.producer(wave.input(0), "Concat");
        boolean equalHalves = twice != null
                && twice.inputs().size() == 2
                && pattern.same(twice.input(0), twice.input(1))
                && (twice.intAttribute("axis", 0) == -1 || twice.intAttribute("axis", 0) == RANK - 2);
        return equalHalves && pattern.rank(base) == RANK - 1 && pattern.isSingle(base) ? base : null;
    }

    private static boolean isHeadsAxis(Pattern pattern, Node unsqueeze) {
        Optional<Double> axis = unsqueeze
                .intsAttribute("axes")
                .filter(axes -> axes.size() == 1)
                .map(axes -> axes.get(0).doubleValue())
                .or(() -> pattern.constants().single(unsqueeze.input(1)));
        return axis.filter(number -> number == 1 || number == 1 - RANK).isPresent();
    }

    private static Value unscaled(Pattern pattern, Value value) {
        for (Pair product : pattern.pairs(pattern.producer(value, "Mul"))) {
            if (pattern.constants().single(product.second()).isPresent() && pattern.rank(product.second()) <= 1) {
                return product.first();
            }
        }
        return value;
    }

    private static Value table(NodeExpansion f, Value waves, long half) {
        return f.shared().of(List.of(f.node().graph(), waves, "table", half), () -> {
            Value first = f.slice(waves, f.ints(0), f.ints(half), f.ints(2));
            return f.reshape(first, -1, half);
        });
    }

    /** Which rows of the table the positions of each row of x have: all from the first on, or those of its batch. */
    private static Value positions(Pattern pattern, NodeExpansion f, Match match) {
        List<Object> key = new ArrayList<>(List.of(f.node().graph(), match.cos(), "positions"));
        if (pattern.dim(match.cos(), 0) == 1) {
            return f.shared().of(key, () -> f.ints(0));
        }
        key.add(lengths(pattern, match.x()).<Object>map(dims -> dims).orElse(match.x()));
        return f.shared().of(key, () -> {
            Value shape = f.at(f.shape(match.cos()), 0, 1);
            Value count = f.mul(f.at(shape, 0), f.at(shape, 1));
            Value rows = f.reshape(f.range(count), shape);
            return f.node("Expand", rows, f.at(f.shape(match.x()), 0, 2));
        });
    }

    /** Batch and positions of x, if they have names or numbers: other values of the same have the same positions. */
    private static Optional<List<Dim>> lengths(Pattern pattern, Value x) {
        return pattern.type(x)
                .flatMap(ValueType::dims)
                .map(dims -> List.of(dims.get(0), dims.get(2)))
                .filter(dims -> dims.stream()
                        .noneMatch(dim -> dim instanceof Dim.Symbolic symbolic
                                && symbolic.symbol().isEmpty()));
    }
}
