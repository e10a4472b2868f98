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
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

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
        FiniteValues.require(adapter);
        Adapter named = KohyaVocabulary.restore(adapter);
        switch (target) {
            case PEFT -> PeftWriter.write(named, out, force);
            case ONNX_ADAPTER -> writeOnnxAdapter(named, out, style, force);
        }
    }

    private static void writeOnnxAdapter(Adapter adapter, Path out, NameStyle style, boolean force) {
        List<Tensor> tensors = OnnxFactors.of(adapter, style);
        try (OutputTransaction transaction = OutputTransaction.open(out, force)) {
            transaction.refuseInputs(out, adapter.files());
            OnnxAdapterWriter.write(transaction.stage(out), tensors);
            transaction.commit();
        }
    }
}
