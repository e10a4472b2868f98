package dev.graft.training.graph;

import dev.graft.compiler.attach.OpenBranches.Branch;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Optional;

/**
 * The frozen weight of a module that learns magnitudes.
 *
 * @param branch the module's branch
 * @param squares the squared norm of what leads to each output, summed in double once and for all
 */
record DoraWeight(Branch branch, double[] squares) {
    private static final String SUFFIX = ".lora_magnitude_vector";

    /**
     * Reads the weight of a branch.
     *
     * @throws GraftException {@code METHOD_UNSUPPORTED} for what is no whole matrix of floats, and for an output without a direction
     */
    static DoraWeight of(Branch branch) {
        Tensor stored = stored(branch);
        double[] squares = squares(branch.view(), stored);
        for (int i = 0; i < squares.length; i++) {
            if (!(squares[i] > 0) || Double.isInfinite(squares[i])) {
                throw unsupported(
                        branch,
                        "the norm of the weight of output " + i + " is " + Math.sqrt(squares[i])
                                + ", which DoRA divides by");
            }
        }
        return new DoraWeight(branch, squares);
    }

    private static Tensor stored(Branch branch) {
        boolean product = branch.kind() == SiteKind.MATMUL || branch.kind() == SiteKind.GEMM;
        if (!product) {
            throw unsupported(
                    branch,
                    branch.kind() == SiteKind.QUANTIZED_MATMUL
                            ? "its weight is quantised, and DoRA divides by the norm of the weight before that"
                            : "magnitudes are trained beside matrix products only, this is "
                                    + branch.site().opType());
        }
        if (!branch.view().isWhole()) {
            throw unsupported(
                    branch, "its weight is a part of one that several modules share, such as packed q, k and v");
        }
        Optional<Tensor> stored = branch.view().tensor().tensor();
        return stored.filter(tensor -> tensor.dtype().isFloat())
                .orElseThrow(() -> unsupported(branch, "its weight is not stored as one run of floats"));
    }

    private static double[] squares(WeightView view, Tensor stored) {
        boolean outputsAreRows = view.orientation() == Orientation.OUT_IN;
        double[] squares = new double[Math.toIntExact(view.outputs())];
        double[] row = new double[Math.toIntExact(view.columns())];
        for (int i = 0; i < view.rows(); i++) {
            stored.readDoubles(i * view.tensorColumns(), row, 0, row.length);
            for (int j = 0; j < row.length; j++) {
                squares[outputsAreRows ? i : j] += row[j] * row[j];
            }
        }
        return squares;
    }

    /** What the magnitudes begin with, [out]: PEFT's norm of the weight, to which B = 0 adds nothing. */
    Tensor norms() {
        double[] norms = new double[squares.length];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = Math.sqrt(squares[i]);
        }
        return Tensor.ofDoubles(name(), DType.FLOAT32, Shape.of(norms.length), norms);
    }

    /** The squared norms, [out]. */
    Tensor squaredNorms() {
        return Tensor.ofDoubles("squares", DType.FLOAT32, Shape.of(squares.length), squares);
    }

    /** The magnitudes' name in PEFT's file. */
    String name() {
        return branch.module() + SUFFIX;
    }

    /** The refusal of a module. */
    static GraftException unsupported(Branch branch, String reason) {
        return new GraftException(
                ErrorCode.METHOD_UNSUPPORTED,
                "use_dora is not supported for " + branch.module() + ": " + reason,
                Location.ofNode(null, branch.site().displayName()),
                "Name other modules in lora_target, or leave use_dora out.");
    }
}
