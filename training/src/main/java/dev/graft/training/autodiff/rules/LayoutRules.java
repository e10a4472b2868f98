package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.Optional;

/** Operators that leave elements as they are and give them another shape, order or number format. */
final class LayoutRules {
    static final List<Entry> ENTRIES = List.of(
            rule("Identity", 1, g -> g.give(0, g::dy)),
            rule("Cast", 9, g -> g.give(0, () -> g.cast(g.dy(), g.dtype(g.in(0))))),
            rule("CastLike", 15, g -> g.give(0, () -> g.cast(g.dy(), g.dtype(g.in(0))))),
            rule("Dropout", 7, LayoutRules::dropout),
            rule("Reshape", 5, LayoutRules::likeInput),
            rule("Flatten", 1, LayoutRules::likeInput),
            rule("Squeeze", 1, LayoutRules::squeeze),
            rule("Unsqueeze", 1, LayoutRules::unsqueeze),
            rule("Transpose", 1, LayoutRules::transpose),
            rule("Expand", 8, g -> g.give(0, () -> g.summedTo(g.dy(), g.in(0), List.of(g.out()), 0))),
            rule("Tile", 6, LayoutRules::tile),
            rule("DepthToSpace", 11, LayoutRules::depthToSpace),
            rule("SpaceToDepth", 1, LayoutRules::spaceToDepth));

    private LayoutRules() {}

    private static void likeInput(NodeGradient g) {
        g.give(0, () -> g.reshapedAs(g.dy(), g.in(0)));
    }

    /** Of inference: with training_mode on, the mask that was drawn is not at hand. */
    private static void dropout(NodeGradient g) {
        if (g.has(2) && (g.in(2).constant().isEmpty() || g.longs(g.in(2))[0] != 0)) {
            throw g.refuse("it is in training mode, or that is known only at run time");
        }
        g.give(0, g::dy);
    }

    /** The axes come back if the node names them. */
    private static void squeeze(NodeGradient g) {
        Optional<List<Long>> axes = g.node().intsAttribute("axes");
        if (axes.isPresent()) {
            g.give(0, () -> g.unsqueeze(g.dy(), array(axes.get())));
        } else if (g.has(1)) {
            g.give(0, () -> g.node("Unsqueeze", g.dy(), g.in(1)));
        } else {
            likeInput(g);
        }
    }

    private static void unsqueeze(NodeGradient g) {
        Optional<List<Long>> axes = g.node().intsAttribute("axes");
        g.give(0, () -> axes.isPresent() ? g.squeeze(g.dy(), array(axes.get())) : g.node("Squeeze", g.dy(), g.in(1)));
    }

    private static long[] array(List<Long> axes) {
        return axes.stream().mapToLong(Long::longValue).toArray();
    }

    private static void transpose(NodeGradient g) {
        g.give(0, () -> {
            int rank = g.rank(g.in(0));
            Optional<List<Long>> permutation = g.node().intsAttribute("perm");
            long[] back = new long[rank];
            for (int axis = 0; axis < rank; axis++) {
                int from = permutation.isPresent()
                        ? g.axis(g.in(0), permutation.get().get(axis))
                        : rank - 1 - axis;
                back[from] = axis;
            }
            return g.builder().transpose(g.dy(), back);
        });
    }

    /** Each axis as {@code [repeats, length]}, summed over the repeats. */
    private static void tile(NodeGradient g) {
        g.give(0, () -> {
            int rank = g.rank(g.in(0));
            long[] repeated = new long[rank];
            for (int axis = 0; axis < rank; axis++) {
                repeated[axis] = 2L * axis;
            }
            Value lengths = g.unsqueeze(g.shapeOf(g.in(0)), 1);
            Value pairs = g.builder().concat(1, List.of(g.unsqueeze(g.in(1), 1), lengths));
            return g.sum(g.reshape(g.dy(), g.reshape(pairs, g.ints(-1))), false, repeated);
        });
    }

    /** SpaceToDepth is the inverse, but for the order of channels in mode CRD: there block positions go behind channels. */
    private static void depthToSpace(NodeGradient g) {
        g.give(0, () -> {
            long block = g.node().intAttribute("blocksize", 1);
            Value deep = g.node("SpaceToDepth", List.of(g.dy()), Attribute.of("blocksize", block));
            if (!g.node().stringAttribute("mode", "DCR").equals("CRD")) {
                return deep;
            }
            Value shape = g.shapeOf(g.in(0));
            Value apart = g.builder()
                    .concat(0, List.of(g.at(shape, 0), g.ints(block * block), g.ints(-1), g.at(shape, 2, 3)));
            return g.reshape(g.builder().transpose(g.reshape(deep, apart), 0, 2, 1, 3, 4), shape);
        });
    }

    private static void spaceToDepth(NodeGradient g) {
        Attribute block = Attribute.of("blocksize", g.node().intAttribute("blocksize", 1));
        g.give(0, () -> g.node("DepthToSpace", List.of(g.dy()), block));
    }
}
