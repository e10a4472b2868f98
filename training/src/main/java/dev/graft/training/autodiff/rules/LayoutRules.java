package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Operators that move elements and leave them as they are. */
final class LayoutRules {
    static final List<Entry> ENTRIES = List.of(
            rule("Identity", 1, g -> g.give(0, g::dy)),
            rule("Cast", 9, g -> g.give(0, () -> g.cast(g.dy(), g.dtype(g.in(0))))),
            rule("Reshape", 5, LayoutRules::likeInput),
            rule("Flatten", 1, LayoutRules::likeInput),
            rule("Squeeze", 1, LayoutRules::likeInput),
            rule("Unsqueeze", 1, LayoutRules::likeInput),
            rule("Transpose", 1, LayoutRules::transpose),
            rule("Expand", 8, g -> g.give(0, () -> g.summedTo(g.dy(), g.in(0), List.of(g.out()), 0))),
            rule("Concat", 4, LayoutRules::concat),
            rule("Split", 2, LayoutRules::split),
            rule("Slice", 10, LayoutRules::slice));

    private LayoutRules() {}

    private static void likeInput(NodeGradient g) {
        g.give(0, () -> g.reshapeLike(g.dy(), g.in(0)));
    }

    private static void transpose(NodeGradient g) {
        g.give(0, () -> {
            int rank = g.rank(g.in(0));
            Optional<List<Long>> permutation = g.node().intsAttribute("perm");
            long[] back = new long[rank];
            for (int axis = 0; axis < rank; axis++) {
                int from = permutation.isPresent()
                        ? Math.toIntExact(permutation.get().get(axis))
                        : rank - 1 - axis;
                back[from] = axis;
            }
            return g.builder().transpose(g.dy(), back);
        });
    }

    /** The gradient in parts as long as the inputs. */
    private static void concat(NodeGradient g) {
        int count = g.node().inputs().size();
        int axis = g.axis(g.out(), g.node().intAttribute("axis", 0));
        List<Value> lengths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lengths.add(length(g, g.in(i), axis));
        }
        List<Value> parts = g.split(g.dy(), axis, g.builder().concat(0, lengths), count);
        for (int i = 0; i < count; i++) {
            Value part = parts.get(i);
            g.give(i, () -> part);
        }
    }

    static Value length(NodeGradient g, Value value, int axis) {
        var fixed = g.dim(value, axis);
        return fixed.isPresent() ? g.ints(fixed.getAsLong()) : g.at(g.shape(value), axis);
    }

    /** The gradients of the parts one behind the other; zeros for parts that have none. */
    private static void split(NodeGradient g) {
        g.give(0, () -> {
            List<Value> parts = new ArrayList<>();
            for (int i = 0; i < g.node().outputs().size(); i++) {
                parts.add(g.hasDy(i) ? g.dy(i) : g.zeros(g.dtype(g.out(i)), g.shape(g.out(i))));
            }
            return g.builder().concat(g.axis(g.in(0), g.node().intAttribute("axis", 0)), parts);
        });
    }

    /** The gradient put back among zeros. */
    private static void slice(NodeGradient g) {
        g.give(0, () -> new SliceGradient(g).gradient());
    }
}
