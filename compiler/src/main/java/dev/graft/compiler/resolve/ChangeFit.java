package dev.graft.compiler.resolve;

import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.compiler.resolve.Binding.Parameter;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Optional;

/** Holds a change against a site: is it the right kind of operator, and do the shapes agree. */
final class ChangeFit {
    private ChangeFit() {}

    /** Which parameter a change asks for, as PyTorch names it. */
    static String parameterOf(ModuleChange change) {
        return change instanceof TensorReplacement replacement ? replacement.parameter() : "weight";
    }

    /** What kind of layer a change is for, in words. */
    static String wantedKind(ModuleChange change) {
        if (change instanceof LowRankChange lowRank) {
            return switch (lowRank.kind()) {
                case LINEAR -> "linear layer";
                case CONV, CONV_FLAT -> "convolution";
                case LINEAR_OR_CONV -> "linear layer or convolution";
                case EMBEDDING -> "embedding";
            };
        }
        if (change instanceof SharedProjectionChange) {
            return "linear layer";
        }
        return change instanceof RowReplacement ? "embedding" : "parameter '" + parameterOf(change) + "'";
    }

    /** The number of outputs that a change is for; 0 where it does not say. */
    static long outputsOf(ModuleChange change) {
        if (change instanceof LowRankChange lowRank) {
            return lowRank.b().shape().dim(0);
        }
        if (change instanceof SharedProjectionChange shared) {
            return shared.outputs();
        }
        return change instanceof TensorReplacement replacement
                        && replacement.value().shape().rank() > 0
                ? replacement.value().shape().dim(0)
                : 0;
    }

    /**
     * Whether and how the change fits.
     *
     * @param weight the site's weight, or the part of a packed one that the module is
     */
    static Fit of(ModuleChange change, Site site, WeightView weight) {
        if (change instanceof LowRankChange lowRank) {
            return lowRank(lowRank, site, weight);
        }
        if (change instanceof SharedProjectionChange shared) {
            return shared(shared, site, weight);
        }
        if (change instanceof RowReplacement rows) {
            return rows(rows, site, weight);
        }
        TensorReplacement replacement = (TensorReplacement) change;
        return replacement.parameter().equals("bias") && site.kind() != SiteKind.OTHER
                ? bias(replacement.value(), site, weight)
                : ReplacementFit.of(replacement, site, weight);
    }

    /** The stored bias of a site, or the part of it that belongs to the same outputs as the weight's part. */
    static Optional<WeightView> biasOf(Site site, WeightView weight) {
        return site.bias().map(bias -> {
            long first = weight.orientation() == Orientation.OUT_IN ? weight.firstRow() : weight.firstColumn();
            return bias.view().sliceOutputs(first, weight.outputs());
        });
    }

    private static Fit bias(Tensor value, Site site, WeightView weight) {
        Optional<WeightView> stored = biasOf(site, weight);
        if (stored.isEmpty()) {
            return Fit.wrongKind("it has no stored bias");
        }
        return value.shape().elements() == stored.get().outputs()
                ? Fit.of(stored.get(), Parameter.BIAS)
                : Fit.wrongShape("its bias has " + stored.get().outputs() + " elements, the adapter's "
                        + value.shape().elements());
    }

    private static Fit lowRank(LowRankChange change, Site site, WeightView weight) {
        boolean fits = switch (change.kind()) {
            case LINEAR -> isLinear(site);
            case CONV, CONV_FLAT -> site.kind() == SiteKind.CONV;
            case LINEAR_OR_CONV -> isLinear(site) || site.kind() == SiteKind.CONV;
            case EMBEDDING -> site.kind() == SiteKind.GATHER;
        };
        if (!fits) {
            return Fit.wrongKind("it is " + describe(site) + ", the change is for a " + wantedKind(change));
        }
        String reason = switch (change.kind()) {
            case LINEAR, LINEAR_OR_CONV -> factors(change, "outputs", weight.outputs(), "inputs", weight.inputs());
            case EMBEDDING -> factors(change, "columns", weight.inputs(), "rows", weight.outputs());
            case CONV -> convolution(change, weight);
            case CONV_FLAT -> flat(change, weight);
        };
        return reason.isEmpty() ? Fit.of(weight, Parameter.WEIGHT) : Fit.wrongShape(reason);
    }

    private static Fit shared(SharedProjectionChange change, Site site, WeightView weight) {
        if (!isLinear(site)) {
            return Fit.wrongKind("it is " + describe(site) + ", the change is for a " + wantedKind(change));
        }
        long most = change.projections().mostInputs();
        if (change.outputs() == weight.outputs() && weight.inputs() <= most) {
            return Fit.of(weight, Parameter.WEIGHT);
        }
        return Fit.wrongShape("its weight has " + weight.outputs() + " outputs and " + weight.inputs()
                + " inputs, the adapter's vectors are for " + change.outputs() + " outputs"
                + (weight.inputs() > most ? " and its projection for at most " + most + " inputs" : ""));
    }

    /** B is [first, rank] and A [rank, second]. */
    private static String factors(
            LowRankChange change, String first, long firstLength, String second, long secondLength) {
        long gotFirst = change.b().shape().dim(0);
        long gotSecond = change.matrixShapeOfA().dim(1);
        if (gotFirst != firstLength || gotSecond != secondLength) {
            return "its weight has " + firstLength + " " + first + " and " + secondLength + " " + second
                    + ", the adapter's factors are for " + gotFirst + " and " + gotSecond;
        }
        Tensor magnitude = change.magnitude();
        return magnitude != null && magnitude.shape().elements() != firstLength
                ? "its weight has " + firstLength + " " + first + ", the adapter's magnitude vector has "
                        + magnitude.shape().elements() + " elements"
                : "";
    }

    private static String convolution(LowRankChange change, WeightView weight) {
        Shape stored = weight.tensor().shape();
        Shape a = change.a().shape();
        boolean sameKernel = stored.rank() == a.rank();
        for (int axis = 1; sameKernel && axis < a.rank(); axis++) {
            sameKernel = stored.dim(axis) == a.dim(axis);
        }
        return sameKernel && change.b().shape().dim(0) == weight.outputs()
                ? factors(change, "outputs", weight.outputs(), "inputs", weight.inputs())
                : "its weight is " + stored + ", the adapter's factors are A " + a + " and B "
                        + change.b().shape();
    }

    private static String flat(LowRankChange change, WeightView weight) {
        long elements = change.matrixShapeOfB().dim(0) * change.matrixShapeOfA().dim(1);
        return elements == weight.tensor().shape().elements()
                ? ""
                : "its weight has " + weight.tensor().shape().elements() + " elements, B·A has " + elements;
    }

    private static Fit rows(RowReplacement change, Site site, WeightView weight) {
        if (site.kind() != SiteKind.GATHER) {
            return Fit.wrongKind("it is " + describe(site) + ", the change is for rows of an embedding");
        }
        long width = change.values().shape().dim(-1);
        long last = change.rows().stream().mapToLong(Long::longValue).max().orElse(-1);
        if (width != weight.inputs() || last >= weight.outputs()) {
            return Fit.wrongShape("its table is " + weight.outputs() + " rows of " + weight.inputs()
                    + ", the adapter replaces rows up to " + last + " of " + width);
        }
        return Fit.of(weight, Parameter.WEIGHT);
    }

    private static boolean isLinear(Site site) {
        return switch (site.kind()) {
            case MATMUL, GEMM, QUANTIZED_MATMUL -> true;
            case OTHER -> site.node().opType().equals("Attention") && site.weightInput() == 1;
            case CONV, GATHER -> false;
        };
    }

    static String describe(Site site) {
        if (SiteFinder.INTEGER_PRODUCTS.contains(site.node().opType())) {
            return site.node().opType() + ", which computes with integers and whose output is not the layer's";
        }
        return site.kind() == SiteKind.OTHER
                ? "input " + site.weightInput() + " of " + site.node().opType()
                : site.node().opType() + " (" + site.kind().displayName() + ")";
    }
}
