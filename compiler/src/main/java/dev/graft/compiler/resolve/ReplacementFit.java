package dev.graft.compiler.resolve;

import dev.graft.adapter.TensorReplacement;
import dev.graft.compiler.resolve.Binding.Parameter;
import dev.graft.tensor.Shape;

/**
 * How a whole tensor in PyTorch's layout takes the place of a stored one.
 *
 * <p>The view's orientation says what to do with the value: {@link Orientation#OUT_IN} takes it as it is, {@link Orientation#IN_OUT}
 * transposes it. A Linear's value is [out, in], so that it is transposed where the model stores [in, out]; a Conv1D's (GPT-2) is
 * [in, out] already. For a square weight the name decides: exporters keep a parameter's own name only where they keep its layout.
 */
final class ReplacementFit {
    private ReplacementFit() {}

    static Fit of(TensorReplacement change, Site site, WeightView weight) {
        Shape value = change.value().shape();
        if (site.kind() == SiteKind.OTHER && !site.node().opType().equals("Attention")) {
            return whole(value, weight);
        }
        if (site.kind() == SiteKind.CONV) {
            return value.equals(weight.tensor().shape()) ? asIs(weight) : wrongShape(value, weight);
        }
        if (value.rank() != 2) {
            return wrongShape(value, weight);
        }
        boolean same = value.dim(0) == weight.rows() && value.dim(1) == weight.columns();
        boolean reversed = value.dim(0) == weight.columns() && value.dim(1) == weight.rows();
        if (!same && !reversed) {
            return wrongShape(value, weight);
        }
        boolean transposes = weight.orientation() == Orientation.IN_OUT && !(same && keepsLayout(change, weight));
        boolean takesAsIs = same && reversed ? !transposes : same;
        return takesAsIs ? asIs(weight) : transposed(weight);
    }

    /** Whether the stored tensor has the parameter's own name. */
    private static boolean keepsLayout(TensorReplacement change, WeightView weight) {
        String module = change.module().substring(change.module().lastIndexOf('.') + 1);
        String name = weight.tensor().name();
        String own = module + "." + change.parameter();
        return name.equals(own) || name.endsWith("." + own);
    }

    private static Fit whole(Shape value, WeightView weight) {
        Shape stored = weight.tensor().shape();
        boolean sameVector = value.elements() == stored.elements()
                && longest(value) == value.elements()
                && longest(stored) == stored.elements();
        if (value.equals(stored) || sameVector) {
            return Fit.of(weight, Parameter.WEIGHT);
        }
        return stored.rank() == 2 && value.equals(stored.reversed()) ? transposed(weight) : wrongShape(value, weight);
    }

    private static long longest(Shape shape) {
        long longest = 1;
        for (int axis = 0; axis < shape.rank(); axis++) {
            longest = Math.max(longest, shape.dim(axis));
        }
        return longest;
    }

    private static Fit asIs(WeightView weight) {
        return Fit.of(weight.withOrientation(Orientation.OUT_IN), Parameter.WEIGHT);
    }

    private static Fit transposed(WeightView weight) {
        return Fit.of(weight.withOrientation(Orientation.IN_OUT), Parameter.WEIGHT);
    }

    private static Fit wrongShape(Shape value, WeightView weight) {
        return Fit.wrongShape("its tensor is " + weight.tensor().shape() + ", the adapter's is " + value);
    }
}
