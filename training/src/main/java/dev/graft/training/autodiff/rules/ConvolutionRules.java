package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Convolutions in one, two and three dimensions. */
final class ConvolutionRules {
    static final List<Entry> ENTRIES = List.of(
            rule("Conv", 11, ConvolutionRules::convolution), rule("ConvTranspose", 11, ConvolutionRules::transposed));

    private ConvolutionRules() {}

    private static void convolution(NodeGradient g) {
        Window window = Window.of(g, true).padded(g);
        Convolution convolution = new Convolution(g, window, g.node().intAttribute("group", 1));
        g.give(0, () -> convolution.input(g.dy(), g.in(1), g.in(0), g.out()));
        g.give(1, () -> convolution.weight(g.in(0), g.dy(), g.in(1), false));
        g.give(2, () -> bias(g));
    }

    private static Value bias(NodeGradient g) {
        return g.sum(
                g.dy(),
                false,
                LongStream.range(0, g.rank(g.in(0))).filter(axis -> axis != 1).toArray());
    }

    private static void transposed(NodeGradient g) {
        Window window = transposedWindow(g, Window.of(g, true));
        long group = g.node().intAttribute("group", 1);
        boolean longer = Arrays.stream(outputPadding(g, window)).anyMatch(more -> more > 0);
        g.give(
                0,
                () -> g.node(
                        "Conv",
                        List.of(g.dy(), g.in(1)),
                        window.attributes(group).toArray(Attribute[]::new)));
        g.give(1, () -> new Convolution(g, window, group).weight(g.dy(), g.in(0), g.in(1), longer));
        g.give(2, () -> bias(g));
    }

    private static long[] outputPadding(NodeGradient g, Window window) {
        return g.node().intsAttribute("output_padding").map(Window::array).orElse(new long[window.space()]);
    }

    /** The window with the pads that {@code auto_pad} and {@code output_shape} stand for. */
    private static Window transposedWindow(NodeGradient g, Window window) {
        String auto = g.node().stringAttribute("auto_pad", "NOTSET");
        Optional<List<Long>> shape = g.node().intsAttribute("output_shape");
        long[] more = outputPadding(g, window);
        for (int axis = 0; axis < more.length; axis++) {
            if (more[axis] >= window.strides()[axis]) {
                throw g.refuse("its output padding is as long as its stride");
            }
        }
        if (auto.equals("VALID")) {
            return window.withPads(new long[2 * window.space()]);
        }
        if (auto.equals("NOTSET") && shape.isEmpty()) {
            return window;
        }
        long[] pads = new long[2 * window.space()];
        for (int axis = 0; axis < window.space(); axis++) {
            long stride = window.strides()[axis];
            // of the outputs there would be without pads, those that are too many
            long total = window.extent(g, axis) + more[axis] - stride;
            if (shape.isPresent()) {
                long length = length(g, axis);
                total += length * stride - shape.get().get(shape.get().size() - window.space() + axis);
            }
            Window.split(pads, axis, Math.max(0, total), auto.equals("SAME_UPPER"));
        }
        return window.withPads(pads);
    }

    private static long length(NodeGradient g, int axis) {
        OptionalLong length = g.dim(g.in(0), axis + 2);
        return length.orElseThrow(() -> g.refuse("its padding depends on a length that is known only at run time"));
    }
}
