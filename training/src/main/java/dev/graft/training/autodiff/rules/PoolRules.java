package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Pools. Equal maxima of a global pool share the gradient; of a window's, the one that the kernel names gets it. */
final class PoolRules {
    static final List<Entry> ENTRIES = List.of(
            rule("MaxPool", 11, PoolRules::max),
            rule("AveragePool", 11, PoolRules::average),
            rule("GlobalAveragePool", 1, PoolRules::globalAverage),
            rule("GlobalMaxPool", 1, PoolRules::globalMax));

    private PoolRules() {}

    /** The kernel's second output names the element of each window that was greatest. */
    private static void max(NodeGradient g) {
        if (g.node().intAttribute("storage_order", 0) != 0) {
            throw g.refuse("its indices are column-major");
        }
        g.give(0, () -> {
            Value indices = g.reshape(g.outOrNew(1), g.ints(-1));
            Value zeros = g.zeros(g.dtype(g.in(0)), g.reshape(g.node("Size", g.in(0)), g.ints(1)));
            Value flat = g.reshape(g.dy(), g.ints(-1));
            return g.reshape(scatter(g, zeros, indices, flat), g.shapeOf(g.in(0)));
        });
    }

    private static Value scatter(NodeGradient g, Value zeros, Value indices, Value flat) {
        Window window = Window.of(g, false);
        boolean overlaps = false;
        for (int axis = 0; axis < window.space(); axis++) {
            overlaps |= window.extent(g, axis) > window.strides()[axis];
        }
        if (!overlaps) {
            return g.node("ScatterElements", zeros, indices, flat);
        }
        PositionGradient.requireAdding(g);
        return g.node("ScatterElements", List.of(zeros, indices, flat), Attribute.of("reduction", "add"));
    }

    /** A convolution of each channel with equal weights, backwards. */
    private static void average(NodeGradient g) {
        Window window = Window.of(g, false).padded(g);
        refuseRoundingUp(g, window);
        g.give(0, () -> {
            long[] space = LongStream.range(2, window.space() + 2L).toArray();
            Value lengths = g.at(g.shapeOf(g.out()), space);
            Value channels = g.reshape(divided(g, window), g.builder().concat(0, List.of(g.ints(-1, 1), lengths)));
            Value spread = new Convolution(g, window, 1).input(channels, ones(g, window), g.in(0), g.out());
            return g.reshape(spread, g.shapeOf(g.in(0)));
        });
    }

    /** The gradient by the number of elements in each window; the mean of ones with padding counted is their share. */
    private static Value divided(NodeGradient g, Window window) {
        double size = Arrays.stream(window.kernel()).reduce(1, (a, b) -> a * b);
        boolean all = g.node().intAttribute("count_include_pad", 0) != 0
                || Arrays.stream(window.pads()).allMatch(pad -> pad == 0);
        if (all) {
            return g.mul(g.dy(), g.constant(1 / size));
        }
        Value shape = g.builder()
                .concat(
                        0,
                        List.of(
                                g.ints(1, 1),
                                g.at(
                                        g.shapeOf(g.in(0)),
                                        LongStream.range(2, window.space() + 2L).toArray())));
        // rounding up changes nothing where it was not refused
        Value share = g.node("AveragePool", List.of(g.filled(g.dtype(g.in(0)), shape, 1)), countingPads(g));
        return g.div(g.mul(g.dy(), g.constant(1 / size)), share);
    }

    private static Attribute[] countingPads(NodeGradient g) {
        Attribute[] given = g.attributes("kernel_shape", "strides", "dilations", "pads", "auto_pad");
        Attribute[] all = Arrays.copyOf(given, given.length + 1);
        all[given.length] = Attribute.of("count_include_pad", 1);
        return all;
    }

    private static Value ones(NodeGradient g, Window window) {
        long[] shape = new long[window.space() + 2];
        Arrays.fill(shape, 1);
        System.arraycopy(window.kernel(), 0, shape, 2, window.space());
        return g.filled(g.dtype(g.in(0)), g.ints(shape), 1);
    }

    private static void refuseRoundingUp(NodeGradient g, Window window) {
        if (g.node().intAttribute("ceil_mode", 0) == 0) {
            return;
        }
        for (int axis = 0; axis < window.space(); axis++) {
            OptionalLong length = g.dim(g.in(0), axis + 2);
            long padding = window.pads()[axis] + window.pads()[window.space() + axis];
            if (length.isEmpty()
                    || (length.getAsLong() + padding - window.extent(g, axis)) % window.strides()[axis] != 0) {
                throw g.refuse("ceil_mode makes its last windows reach beyond the padding");
            }
        }
    }

    private static void globalAverage(NodeGradient g) {
        g.give(0, () -> {
            DType dtype = g.dtype(g.out());
            Value count = g.div(g.cast(g.node("Size", g.in(0)), dtype), g.cast(g.node("Size", g.out()), dtype));
            return g.node("Expand", g.div(g.dy(), count), g.shapeOf(g.in(0)));
        });
    }

    private static void globalMax(NodeGradient g) {
        g.give(0, () -> {
            Value chosen = g.indicator(g.equal(g.in(0), g.out()), g.dtype(g.out()));
            Value count =
                    g.sum(chosen, true, LongStream.range(2, g.rank(g.in(0))).toArray());
            return g.mul(chosen, g.div(g.dy(), count));
        });
    }
}
