package dev.graft.training.autodiff.rules;

import dev.graft.compiler.ir.Attribute;
import dev.graft.training.autodiff.NodeGradient;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * How a window moves over an image: of Conv, ConvTranspose and the pools.
 *
 * @param kernel the window's lengths, -1 where not known
 * @param pads what is added in front of each axis, then behind each
 */
record Window(long[] kernel, long[] strides, long[] dilations, long[] pads) {
    /** Of a node, its pads as if {@code auto_pad} were not set; the weight's shape tells the kernel where an input is one. */
    static Window of(NodeGradient g, boolean weighted) {
        int space = g.rank(g.in(0)) - 2;
        long[] kernel = g.node()
                .intsAttribute("kernel_shape")
                .map(Window::array)
                .orElseGet(() -> {
                    long[] lengths = new long[space];
                    for (int axis = 0; axis < space; axis++) {
                        lengths[axis] = weighted ? g.dim(g.in(1), axis + 2).orElse(-1) : -1;
                    }
                    return lengths;
                });
        return new Window(
                kernel,
                attribute(g, "strides", space, 1),
                attribute(g, "dilations", space, 1),
                attribute(g, "pads", 2 * space, 0));
    }

    int space() {
        return strides.length;
    }

    /** How far apart the first and the last element of the window are, plus one. */
    long extent(NodeGradient g, int axis) {
        if (kernel[axis] < 0) {
            throw g.refuse("the length of its kernel is known only at run time");
        }
        return dilations[axis] * (kernel[axis] - 1) + 1;
    }

    boolean moves(long stride) {
        return Arrays.stream(strides).allMatch(each -> each == stride);
    }

    /** As the convolution sees it whose result is the kernel. */
    Window exchanged() {
        return new Window(kernel, /* strides= */ dilations, /* dilations= */ strides, pads);
    }

    Window withPads(long[] other) {
        return new Window(kernel, strides, dilations, other);
    }

    /** The pads of a node that reads input 0 through the window, with {@code auto_pad} carried out. */
    Window padded(NodeGradient g) {
        String auto = g.node().stringAttribute("auto_pad", "NOTSET");
        if (auto.equals("NOTSET") || auto.isEmpty()) {
            return this;
        }
        long[] found = new long[2 * space()];
        for (int axis = 0; axis < space() && !auto.equals("VALID"); axis++) {
            long total = Math.max(0, samePadding(g, axis));
            split(found, axis, total, auto.equals("SAME_UPPER"));
        }
        return withPads(found);
    }

    /** So much that there are {@code ceil(length / stride)} outputs. */
    private long samePadding(NodeGradient g, int axis) {
        long stride = strides[axis];
        OptionalLong length = g.dim(g.in(0), axis + 2);
        if (stride == 1) {
            return extent(g, axis) - 1;
        }
        if (length.isEmpty()) {
            throw g.refuse("its automatic padding depends on a length that is known only at run time");
        }
        return ((length.getAsLong() + stride - 1) / stride - 1) * stride + extent(g, axis) - length.getAsLong();
    }

    /** Halves, an odd one at the end or at the start. */
    static void split(long[] pads, int axis, long total, boolean moreAtEnd) {
        long half = total / 2;
        pads[axis] = moreAtEnd ? half : total - half;
        pads[pads.length / 2 + axis] = moreAtEnd ? total - half : half;
    }

    /** As attributes of Conv and ConvTranspose. */
    List<Attribute> attributes(long group) {
        return List.of(
                Attribute.of("group", group),
                Attribute.ofInts("strides", strides),
                Attribute.ofInts("dilations", dilations),
                Attribute.ofInts("pads", pads));
    }

    private static long[] attribute(NodeGradient g, String name, int count, long otherwise) {
        return g.node().intsAttribute(name).map(Window::array).orElseGet(() -> {
            long[] all = new long[count];
            Arrays.fill(all, otherwise);
            return all;
        });
    }

    static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
