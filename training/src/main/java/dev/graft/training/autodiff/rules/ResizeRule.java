package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Resize is linear and works axis by axis: resized along one axis, the identity matrix becomes the matrix M [out, in] that the operator
 * multiplies that axis with, whatever its mode and its way of placing coordinates. The gradient is multiplied with {@code Mᵀ}.
 */
final class ResizeRule {
    static final List<Entry> ENTRIES = List.of(rule("Resize", 11, g -> new ResizeRule(g).differentiate()));

    private static final String[] KEPT = {
        "mode",
        "coordinate_transformation_mode",
        "cubic_coeff_a",
        "exclude_outside",
        "nearest_mode",
        "extrapolation_value",
        "antialias"
    };

    private final NodeGradient g;
    private final int rank;
    private final long[] axes;

    private ResizeRule(NodeGradient g) {
        this.g = g;
        this.rank = g.rank(g.in(0));
        Optional<List<Long>> given = g.node().intsAttribute("axes");
        this.axes = given.map(list ->
                        list.stream().mapToLong(axis -> g.axis(g.in(0), axis)).toArray())
                .orElseGet(() -> LongStream.range(0, rank).toArray());
    }

    private void differentiate() {
        refuseIf("coordinate_transformation_mode", "tf_crop_and_resize");
        refuseIf("keep_aspect_ratio_policy", "not_larger");
        refuseIf("keep_aspect_ratio_policy", "not_smaller");
        g.give(0, () -> {
            Value gradient = g.dy();
            for (int i = 0; i < axes.length; i++) {
                gradient = isUnchanged(i) ? gradient : along(gradient, i);
            }
            return gradient;
        });
    }

    private void refuseIf(String attribute, String value) {
        if (g.node().stringAttribute(attribute, "").equals(value)) {
            throw g.refuse("its " + attribute + " is " + value);
        }
    }

    private boolean byScales() {
        return g.has(2) && g.dim(g.in(2), 0).orElse(-1) != 0;
    }

    private boolean isUnchanged(int index) {
        if (byScales()) {
            return g.in(2).constant().isPresent() && g.doubles(g.in(2))[index] == 1;
        }
        OptionalLong before = g.dim(g.in(0), (int) axes[index]);
        return before.isPresent() && before.equals(g.dim(g.out(), (int) axes[index]));
    }

    private Value along(Value gradient, int index) {
        int axis = (int) axes[index];
        Value matrix = matrix(axis, index);
        if (axis == rank - 1) {
            return g.builder().matMul(gradient, matrix);
        } else if (axis == rank - 2) {
            return g.product(matrix, true, gradient, false, 1);
        }
        long[] order = LongStream.range(0, rank).toArray();
        order[axis] = rank - 1L;
        order[rank - 1] = axis;
        Value turned = g.builder().transpose(gradient, order);
        return g.builder().transpose(g.builder().matMul(turned, matrix), order);
    }

    /** The identity as an image of one channel: the kernels of the linear and cubic modes want one. */
    private Value matrix(int axis, int index) {
        Value length = g.length(g.in(0), axis);
        Value square = g.builder().concat(0, List.of(length, length));
        Value identity = g.node("EyeLike", g.zeros(g.dtype(g.in(0)), square));
        Value image = g.unsqueeze(identity, 0, 1);
        List<Attribute> attributes = Arrays.asList(g.attributes(KEPT));
        Value resized;
        if (byScales()) {
            Value scale = g.at(g.in(2), index);
            Value one = g.floats(DType.FLOAT32, 1);
            Value scales = g.builder().concat(0, List.of(one, one, scale, one));
            resized = g.builder().node("Resize", "", Arrays.asList(image, null, scales), attributes);
        } else {
            Value sizes = g.builder().concat(0, List.of(g.ints(1, 1), g.at(g.in(3), index), length));
            resized = g.builder().node("Resize", "", Arrays.asList(image, null, null, sizes), attributes);
        }
        return g.squeeze(resized, 0, 1);
    }
}
