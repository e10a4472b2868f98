package dev.graft.compiler.reference;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A convolution as a sum over the kernel's positions: the padded input, cut to what that position meets, times the kernel's matrix
 * there, group by group. Automatic padding is left to the single-precision operator, as are kernels of unknown shape.
 */
final class ConvExpansion {
    private static final String SPACE = "xyz";
    private static final int MAX_PRODUCTS = 1024;

    private final Formulas f;
    private final GraphBuilder g;
    private final Node node;
    private final long[] weight;
    private final long[] kernel;
    private final long groups;

    private ConvExpansion(Formulas f, Node node, long[] weight) {
        this.f = f;
        this.g = f.builder();
        this.node = node;
        this.weight = weight;
        this.kernel = Arrays.copyOfRange(weight, 2, weight.length);
        this.groups = node.intAttribute("group", 1);
    }

    static List<Optional<Value>> expand(Formulas f, Node node) {
        Optional<long[]> weight =
                f.input(node, 1).constant().map(data -> data.shape().toArray());
        boolean explicit = node.stringAttribute("auto_pad", "NOTSET").equals("NOTSET");
        if (weight.isEmpty() || !explicit || weight.get().length > SPACE.length() + 2) {
            return List.of(Optional.empty());
        }
        ConvExpansion expansion = new ConvExpansion(f, node, weight.get());
        return List.of(
                expansion.positions() * expansion.groups > MAX_PRODUCTS
                        ? Optional.empty()
                        : Optional.of(expansion.sum()));
    }

    private long positions() {
        return Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    }

    private Value sum() {
        Value padded = pad(f.input(node, 0));
        List<Value> parts = new ArrayList<>();
        for (long group = 0; group < groups; group++) {
            parts.add(group(padded, group));
        }
        Value sum = groups == 1 ? parts.get(0) : g.concat(1, parts);
        Value bias = node.input(2);
        return bias == null ? sum : g.add(sum, g.reshape(bias, channelShape()));
    }

    private Value group(Value padded, long group) {
        Value input = slice(padded, 1, group * weight[1], (group + 1) * weight[1]);
        Value matrices = slice(f.input(node, 1), 0, group * weight[0] / groups, (group + 1) * weight[0] / groups);
        String axes = SPACE.substring(0, kernel.length);
        Value sum = null;
        for (long position = 0; position < positions(); position++) {
            long[] at = unravel(position);
            Value part = g.node(
                    "Einsum",
                    "",
                    List.of(kernelAt(matrices, at), inputAt(input, at)),
                    List.of(Attribute.of("equation", "oc,bc" + axes + "->bo" + axes)));
            sum = sum == null ? part : g.add(sum, part);
        }
        return sum == null ? input : sum;
    }

    private Value slice(Value value, long axis, long start, long end) {
        return groups == 1 ? value : g.node("Slice", value, g.ints(start), g.ints(end), g.ints(axis));
    }

    private long[] unravel(long position) {
        long[] at = new long[kernel.length];
        for (int axis = kernel.length - 1; axis >= 0; axis--) {
            at[axis] = position % kernel[axis];
            position /= kernel[axis];
        }
        return at;
    }

    private Value pad(Value x) {
        List<Long> pads = node.intsAttribute("pads").orElse(List.of());
        if (pads.stream().allMatch(pad -> pad == 0)) {
            return x;
        }
        long[] all = new long[2 * (kernel.length + 2)];
        for (int axis = 0; axis < kernel.length; axis++) {
            all[2 + axis] = pads.get(axis);
            all[kernel.length + 4 + axis] = pads.get(kernel.length + axis);
        }
        return g.node("Pad", x, g.ints(all), f.constant(0));
    }

    /** The kernel's matrix [out, in] at one position. */
    private Value kernelAt(Value matrices, long[] at) {
        Value slice = matrices;
        for (long index : at) {
            slice = g.gather(slice, g.index(index), 2);
        }
        return slice;
    }

    /** Every input element that one position of the kernel meets: as many as there are outputs, whatever the input's size. */
    private Value inputAt(Value padded, long[] at) {
        long[] starts = new long[kernel.length];
        long[] ends = new long[kernel.length];
        long[] axes = new long[kernel.length];
        long[] steps = new long[kernel.length];
        for (int axis = 0; axis < kernel.length; axis++) {
            long dilation = attribute("dilations", axis);
            long behind = (kernel[axis] - 1 - at[axis]) * dilation;
            starts[axis] = at[axis] * dilation;
            ends[axis] = behind == 0 ? Long.MAX_VALUE : -behind;
            axes[axis] = axis + 2L;
            steps[axis] = attribute("strides", axis);
        }
        return g.node("Slice", padded, g.ints(starts), g.ints(ends), g.ints(axes), g.ints(steps));
    }

    private long attribute(String name, int axis) {
        List<Long> values = new ArrayList<>(node.intsAttribute(name).orElse(List.of()));
        return axis < values.size() ? values.get(axis) : 1;
    }

    private long[] channelShape() {
        long[] shape = new long[1 + kernel.length];
        Arrays.fill(shape, 1);
        shape[0] = -1;
        return shape;
    }
}
