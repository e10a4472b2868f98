package dev.graft.training.autodiff.rules;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.NodeGradient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** The two halves of a convolution's gradient; those of its transpose are the same with input and output exchanged. */
final class Convolution {
    private final NodeGradient g;
    private final Window window;
    private final long group;
    private final int rank;

    Convolution(NodeGradient g, Window window, long group) {
        this.g = g;
        this.window = window;
        this.group = group;
        this.rank = window.space() + 2;
    }

    /**
     * The transposed convolution of the output's gradient: of the input's shape but for what strides left over at the end.
     */
    Value input(Value dy, Value weight, Value input, Value output) {
        List<Attribute> attributes = new ArrayList<>(window.attributes(group));
        if (window.moves(1)) {
            return convolve("ConvTranspose", dy, weight, attributes);
        }
        long[] left = new long[window.space()];
        for (int axis = 0; axis < left.length; axis++) {
            OptionalLong whole = g.dim(input, axis + 2);
            OptionalLong outputs = g.dim(output, axis + 2);
            if (whole.isEmpty() || outputs.isEmpty() || window.kernel()[axis] < 0) {
                return extended(dy, weight, input);
            }
            long made = (outputs.getAsLong() - 1) * window.strides()[axis]
                    + window.extent(g, axis)
                    - window.pads()[axis]
                    - window.pads()[left.length + axis];
            left[axis] = whole.getAsLong() - made;
        }
        attributes.add(Attribute.ofInts("output_padding", left));
        return convolve("ConvTranspose", dy, weight, attributes);
    }

    /** The same at run time: nothing is cut off at the ends, and then they are cut or filled up to the lengths of the input. */
    private Value extended(Value dy, Value weight, Value input) {
        long[] front = Arrays.copyOf(Arrays.copyOf(window.pads(), window.space()), 2 * window.space());
        Value made =
                convolve("ConvTranspose", dy, weight, window.withPads(front).attributes(group));
        long[] space = LongStream.range(2, rank).toArray();
        Value missing = g.sub(g.at(g.shape(input), space), g.at(g.shape(made), space));
        return g.node("Pad", made, g.builder().concat(0, List.of(g.ints(new long[rank + 2]), missing)));
    }

    private Value convolve(String operator, Value x, Value weight, List<Attribute> attributes) {
        return g.node(operator, List.of(x, weight), attributes.toArray(Attribute[]::new));
    }

    /**
     * The gradient of the weight [out, in/group, kernel...]: the convolution of the input with the output's gradient as kernel, where
     * batch and channels have changed places, and strides and dilations.
     *
     * @param outputPadding whether the output was longer than strides and kernel make it
     */
    Value weight(Value input, Value dy, Value weight, boolean outputPadding) {
        long[] swapped = swapped(rank);
        Value image = group == 1 ? g.builder().transpose(input, swapped) : grouped(input);
        Value kernel = g.builder().transpose(dy, swapped);
        Value made = convolve("Conv", image, kernel, window.exchanged().attributes(group));
        Value cut = window.moves(1) && !outputPadding ? made : cut(made, weight);
        return g.builder().transpose(cut, swapped);
    }

    /** [batch, groups · channels, space...] as [channels, groups · batch, space...]. */
    private Value grouped(Value input) {
        Value space = g.at(g.shape(input), LongStream.range(2, rank).toArray());
        Value apart = g.builder().concat(0, List.of(g.ints(0, group, -1), space));
        long[] order = LongStream.range(0, rank + 1L).toArray();
        order[0] = 2;
        order[2] = 0;
        Value turned = g.builder().transpose(g.reshape(input, apart), order);
        return g.reshape(turned, g.builder().concat(0, List.of(g.at(g.shape(turned), 0), g.ints(-1), space)));
    }

    /** Without what the strides left over. */
    private Value cut(Value made, Value weight) {
        long[] space = LongStream.range(2, rank).toArray();
        Value ends = g.at(g.shapeOf(weight), space);
        return g.slice(made, g.ints(new long[space.length]), ends, g.ints(space));
    }

    private static long[] swapped(int rank) {
        long[] order = LongStream.range(0, rank).toArray();
        order[0] = 1;
        order[1] = 0;
        return order;
    }
}
