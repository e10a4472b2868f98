package dev.graft.training.graph;

import dev.graft.compiler.attach.OpenBranches.Branch;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import java.util.List;
import java.util.Objects;

/**
 * The norm of each output's weight with what the branch adds, {@code ‖W + s·B·A‖}. Of its square only what the branch adds is computed
 * at each step, so that no matrix of the weight's size is made:
 *
 * <pre>
 * ‖w + s·Aᵀ·b‖² = ‖w‖² + b·(2s·A·w + s²·A·Aᵀ·b)       w and b of one output
 * </pre>
 *
 * <p>In float32 that is as exact as adding the sum up, unless the branch takes away nearly all of the weight.
 *
 * @param weight the module's weight
 * @param scaling s
 */
record DoraNorm(DoraWeight weight, double scaling) {
    /**
     * Writes the norm, float32 [out].
     *
     * @param a A, [rank, in]
     * @param b B without its scaling, [rank, out]
     */
    Value write(Formulas f, Value a, Value b) {
        Value byWeight = byWeight(f, a);
        Value gram = f.product(a, false, a, true, (float) (scaling * scaling));
        Value inner = f.add(byWeight, f.product(gram, false, b, false, 1));
        Value added = f.sum(f.mul(inner, b), false, 0);
        Value squares = f.builder().initializer("graft/dora/squares", weight.squaredNorms());
        return f.node("Sqrt", f.add(squares, added));
    }

    /** {@code 2s·A·W}, [rank, out], in the number format of the module and then in float32. */
    private Value byWeight(Formulas f, Value a) {
        Branch branch = weight.branch();
        Node site = branch.site();
        boolean outputsAreRows = site.intAttribute("transB", 0) != 0;
        Value matrix = Objects.requireNonNull(site.input(branch.weightInput()));
        Node turned = matrix.producer().filter(DoraNorm::isTranspose).orElse(null);
        if (turned != null) {
            matrix = Objects.requireNonNull(turned.input(0));
            outputsAreRows = !outputsAreRows;
        }
        boolean single = branch.dtype() == DType.FLOAT32;
        Value left = single ? a : f.cast(a, branch.dtype());
        Value product = f.product(left, false, matrix, outputsAreRows, (float) (2 * scaling));
        return single ? product : f.cast(product, DType.FLOAT32);
    }

    private static boolean isTranspose(Node node) {
        return node.is("Transpose")
                && node.intsAttribute("perm").orElse(List.of(1L, 0L)).equals(List.of(1L, 0L));
    }
}
