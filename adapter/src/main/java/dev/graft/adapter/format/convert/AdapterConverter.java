package dev.graft.adapter.format.convert;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.FiniteValues;
import dev.graft.adapter.format.kohya.KohyaNames;
import dev.graft.adapter.format.kohya.KohyaVocabulary;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.adapter.format.onnxadapter.OnnxFactors;
import dev.graft.adapter.format.peft.PeftWriter;
import dev.graft.error.GraftException;
import dev.graft.io.OutputTransaction;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes any adapter in another format. */
public final class AdapterConverter {
    private AdapterConverter() {}

    /**
     * Converts an adapter. One of kohya's must have the names of Stable Diffusion, CLIP or Llama; with the model at hand,
     * {@link KohyaNames#restore} gives it the names of any other.
     *
     * @param out a folder for PEFT, a file for {@code .onnx_adapter}
     * @param style the names in an {@code .onnx_adapter}; PEFT has its own
     * @param force whether what is there is replaced
     * @throws GraftException {@code CONVERT_UNSUPPORTED} if the format has no words for a change, {@code
     *     MERGE_NOT_FINITE} if the adapter holds NaN or infinity, {@code OUTPUT_EXISTS}, {@code OUTPUT_IS_INPUT}, {@code IO_FAILED}
     */
    public static void convert(Adapter adapter, Path out, TargetFormat target, NameStyle style, boolean force) {
        convert(adapter, out, target, style, Optional.empty(), force);
    }

    /**
     * Converts an adapter, also its numbers: ONNX Runtime casts nothing, so an {@code .onnx_adapter} must have the format that the
     * model's inputs have. Each value is rounded once.
     *
     * @param dtype the number format, or empty for the one that each tensor has
     * @throws GraftException as the other, and {@code MERGE_NOT_FINITE} for a value that the format cannot hold
     */
    public static void convert(
            Adapter adapter, Path out, TargetFormat target, NameStyle style, Optional<DType> dtype, boolean force) {
        FiniteValues.require(adapter);
        Adapter named = KohyaVocabulary.restore(adapter);
        switch (target) {
            case PEFT ->
                PeftWriter.write(
                        dtype.map(type -> new Retyped(type).adapter(named)).orElse(named), out, force);
            case ONNX_ADAPTER -> {
                List<Tensor> tensors = dtype.map(
                                type -> new Retyped(type).tensors(OnnxFactors.of(Retyped.withExactB(named), style)))
                        .orElseGet(() -> OnnxFactors.of(named, style));
                writeOnnxAdapter(named, tensors, out, force);
            }
        }
    }

    private static void writeOnnxAdapter(Adapter adapter, List<Tensor> tensors, Path out, boolean force) {
        try (OutputTransaction transaction = OutputTransaction.open(out, force)) {
            transaction.refuseInputs(out, adapter.files());
            OnnxAdapterWriter.write(transaction.stage(out), tensors);
            transaction.commit();
        }
    }
}
