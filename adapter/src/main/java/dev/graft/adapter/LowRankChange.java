package dev.graft.adapter;

import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code W' = W + scaling · B · A} for one module (Hu et al. 2021, section 4.1).
 *
 * @param module the module's path
 * @param kind how A and B are laid out
 * @param a the factor next to the input; see {@link LayerKind} for its shape
 * @param b the factor next to the output
 * @param scaling alpha / rank, or alpha / sqrt(rank) for rsLoRA, for this module, times the adapter's weight
 * @param magnitude DoRA's magnitude vector with one element per output ({@code W' = m · (W + ΔW) / ‖W + ΔW‖}, Liu et al.
 *     2024), or null; any shape of that many elements
 * @param biasDelta what {@code lora_bias} adds to the module's bias once scaled, [out], or null
 */
public record LowRankChange(
        String module,
        LayerKind kind,
        Tensor a,
        Tensor b,
        double scaling,
        @Nullable Tensor magnitude,
        @Nullable Tensor biasDelta)
        implements ModuleChange {
    /** The rank: the length of the dimension that A and B share. */
    public long rank() {
        return a.shape().dim(0);
    }

    /** A as a matrix [rank, columns], all its inner dimensions in one. */
    public Shape matrixShapeOfA() {
        return Shape.of(rank(), rank() == 0 ? 0 : a.shape().elements() / rank());
    }

    /** B as a matrix [rows, rank]. */
    public Shape matrixShapeOfB() {
        return Shape.of(b.shape().dim(0), rank());
    }

    /** Whether this is DoRA. */
    public boolean isDora() {
        return magnitude != null;
    }

    /** The same change with its factors laid out for another kind of layer. */
    public LowRankChange laidOut(LayerKind other, Shape shapeOfA, Shape shapeOfB) {
        return new LowRankChange(
                module, other, a.withShape(shapeOfA), b.withShape(shapeOfB), scaling, magnitude, biasDelta);
    }

    /** The same change with its scaling multiplied. */
    public LowRankChange scaledBy(double weight) {
        return new LowRankChange(module, kind, a, b, scaling * weight, magnitude, biasDelta);
    }

    @Override
    public List<Tensor> tensors() {
        return Stream.of(a, b, magnitude, biasDelta)
                .filter(tensor -> tensor != null)
                .toList();
    }
}
