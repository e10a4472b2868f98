package dev.graft.adapter;

import dev.graft.tensor.Tensor;
import java.util.List;

/**
 * VeRA: {@code W' = W + diag(b) · B[:out] · diag(d) · A[:, :in]} (Kopiczko et al. 2024, section 3.1).
 *
 * <p>The adapter's file does not say how many inputs the module has, so that nothing can be computed before the base is known.
 *
 * @param module the module's path
 * @param projections A and B, shared by all modules of the adapter
 * @param outputScales b: one element per output
 * @param rankScales d: one element per rank
 */
public record SharedProjectionChange(String module, Projections projections, Tensor outputScales, Tensor rankScales)
        implements ModuleChange {
    /** Why it cannot be written in another format as it is. */
    public static final String WHY_NOT_ALONE =
            "VeRA cuts its matrices to the width of each of the base's layers, which the adapter does not know";

    /** What to do instead. */
    public static final String WAY_OUT =
            "Attach it to its model in style input, which writes an .onnx_adapter too, or make a LoRA of it with PEFT's save_as_lora.";

    /** The number of outputs of the module. */
    public long outputs() {
        return outputScales.shape().elements();
    }

    /** The rank. */
    public long rank() {
        return rankScales.shape().elements();
    }

    /**
     * The change for a base whose widths are known. Its factors, diag(d)·A and diag(b)·B, are rounded to float32, as in PEFT.
     *
     * @param inputs the inputs of this module
     * @param widestInputs the inputs of the widest module of the adapter
     * @throws dev.graft.error.GraftException {@code METHOD_UNSUPPORTED} if the projections are too large to be drawn
     */
    public LowRankChange forInputs(long inputs, long widestInputs) {
        Tensor a = projections.a(widestInputs).rowsScaled(rankScales, inputs);
        Tensor b = projections.b(widestInputs).rowsScaled(outputScales, rank());
        return new LowRankChange(module, LayerKind.LINEAR, a, b, 1, null, null);
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(rankScales, outputScales);
    }
}
