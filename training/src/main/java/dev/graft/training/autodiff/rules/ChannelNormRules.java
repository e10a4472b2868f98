package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.stream.LongStream;

/** Normalisations of images, [batch, channels, space...]. */
final class ChannelNormRules {
    private static final long SCALE_PER_CHANNEL = 21;

    static final List<Entry> ENTRIES = List.of(
            rule("BatchNormalization", 9, ChannelNormRules::batch),
            rule("InstanceNormalization", 6, g -> groups(g, 0, true)),
            rule(
                    "GroupNormalization",
                    18,
                    g -> groups(g, g.node().intAttribute("num_groups", 1), g.opset() >= SCALE_PER_CHANNEL)));

    private ChannelNormRules() {}

    /** Of inference: {@code y = (x - μ) · w/√(v + ε) + b} with μ and v given. */
    private static void batch(NodeGradient g) {
        if (g.node().intAttribute("training_mode", 0) != 0) {
            throw g.refuse("it is in training mode");
        }
        Value epsilon = g.constant(g.node().floatAttribute("epsilon", 1e-5f));
        Value inverse = g.node("Reciprocal", g.node("Sqrt", g.add(g.in(4), epsilon)));
        Value factor = g.mul(g.in(1), inverse);
        g.give(0, () -> g.mul(g.dy(), perChannel(g, factor)));
        g.give(1, () -> g.mul(inverse, channelSums(g, g.mul(g.dy(), centred(g)))));
        g.give(2, () -> channelSums(g, g.dy()));
        g.give(3, () -> g.neg(g.mul(factor, channelSums(g, g.dy()))));
        // dv = -½ · Σ dy · (x - μ) · w / √(v + ε)³
        g.give(4, () -> {
            Value cube = g.mul(g.mul(g.mul(factor, inverse), inverse), g.constant(-0.5));
            return g.mul(cube, channelSums(g, g.mul(g.dy(), centred(g))));
        });
    }

    private static Value centred(NodeGradient g) {
        return g.sub(g.in(0), perChannel(g, g.in(3)));
    }

    /** A value per channel as [channels, 1, ...], broadcast against an image. */
    private static Value perChannel(NodeGradient g, Value values) {
        int space = g.rank(g.in(0)) - 2;
        return space == 0
                ? values
                : g.unsqueeze(values, LongStream.rangeClosed(1, space).toArray());
    }

    private static Value channelSums(NodeGradient g, Value image) {
        return g.sum(
                image,
                false,
                LongStream.range(0, g.rank(g.in(0))).filter(axis -> axis != 1).toArray());
    }

    /**
     * As layer normalisation of [batch, groups, everything else].
     *
     * @param groups how many, 0 for one per channel
     * @param channelScale whether scale and bias are per channel, and not per group
     */
    private static void groups(NodeGradient g, long groups, boolean channelScale) {
        Value x = g.reshape(g.in(0), g.ints(0, groups, -1));
        Value centred = g.sub(x, g.mean(x, true, 2));
        Value variance = g.mean(g.mul(centred, centred), true, 2);
        Value epsilon = g.constant(g.node().floatAttribute("epsilon", 1e-5f));
        Value inverse = g.node("Reciprocal", g.node("Sqrt", g.add(variance, epsilon)));
        Value normed = g.mul(centred, inverse);
        g.give(0, () -> {
            Value weighted = channelScale
                    ? g.reshape(g.mul(g.dy(), perChannel(g, g.in(1))), g.ints(0, groups, -1))
                    : g.mul(g.reshape(g.dy(), g.ints(0, groups, -1)), g.unsqueeze(g.in(1), 1));
            Value along = g.mul(normed, g.mean(g.mul(weighted, normed), true, 2));
            Value dx = g.mul(g.sub(g.sub(weighted, g.mean(weighted, true, 2)), along), inverse);
            return g.reshape(dx, g.shapeOf(g.in(0)));
        });
        g.give(1, () -> {
            Value image = g.reshape(normed, g.shapeOf(g.in(0)));
            return channelScale
                    ? channelSums(g, g.mul(g.dy(), image))
                    : g.sum(g.mul(g.reshape(g.dy(), g.ints(0, groups, -1)), normed), false, 0, 2);
        });
        g.give(
                2,
                () -> channelScale
                        ? channelSums(g, g.dy())
                        : g.sum(g.reshape(g.dy(), g.ints(0, groups, -1)), false, 0, 2));
    }
}
