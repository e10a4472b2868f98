package dev.graft.adapter.format.convert;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.format.kohya.KohyaNames;
import dev.graft.adapter.format.kohya.KohyaVocabulary;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.adapter.format.peft.PeftWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.OutputTransaction;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
     * @throws GraftException {@code CONVERT_UNSUPPORTED} if the format has no words for a change, {@code OUTPUT_EXISTS}, {@code
     *     OUTPUT_IS_INPUT}, {@code IO_FAILED}
     */
    public static void convert(Adapter adapter, Path out, TargetFormat target, NameStyle style, boolean force) {
        Adapter named = adapter.format().equals(KohyaNames.FORMAT) ? KohyaVocabulary.restore(adapter) : adapter;
        switch (target) {
            case PEFT -> PeftWriter.write(named, out, force);
            case ONNX_ADAPTER -> writeOnnxAdapter(named, out, style, force);
        }
    }

    private static void writeOnnxAdapter(Adapter adapter, Path out, NameStyle style, boolean force) {
        List<Tensor> tensors = onnxTensors(adapter, style);
        try (OutputTransaction transaction = OutputTransaction.open(out, force)) {
            transaction.refuseInputs(out, adapter.files());
            OnnxAdapterWriter.write(transaction.stage(out), tensors);
            transaction.commit();
        }
    }

    /** A as [in, rank] and s·B as [rank, out], by name. */
    private static List<Tensor> onnxTensors(Adapter adapter, NameStyle style) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ModuleChange change : adapter.changes()) {
            LowRankChange low = requireLinear(adapter, change);
            Tensor a = low.a().transposed().withName(style.nameOfA(low.module()));
            Tensor b = low.b().scaled(low.scaling()).transposed().withName(style.nameOfB(low.module()));
            if (tensors.put(a.name(), a) != null || tensors.put(b.name(), b) != null) {
                throw unsupported(
                        adapter, "two modules get the name '" + a.name() + "'", "Use the other names: --names olive.");
            }
        }
        return new ArrayList<>(tensors.values());
    }

    private static LowRankChange requireLinear(Adapter adapter, ModuleChange change) {
        if (!(change instanceof LowRankChange low)) {
            throw inexpressible(adapter, change, "a replaced tensor");
        }
        if (low.isDora()) {
            throw inexpressible(adapter, change, "DoRA, whose factor depends on the base's weight");
        }
        if (low.kind() != LayerKind.LINEAR) {
            throw inexpressible(adapter, change, "a change of an embedding or a convolution");
        }
        if (low.biasDelta() != null) {
            throw inexpressible(adapter, change, "a change of a bias (lora_bias)");
        }
        return low;
    }

    private static GraftException inexpressible(Adapter adapter, ModuleChange change, String what) {
        return unsupported(
                adapter,
                "module '" + change.module() + "' has " + what + ", for which an .onnx_adapter has no words",
                "Merge the adapter, or attach it in style constant.");
    }

    private static GraftException unsupported(Adapter adapter, String what, String remedy) {
        return new GraftException(
                ErrorCode.CONVERT_UNSUPPORTED,
                "the adapter cannot be converted: " + what,
                Location.ofFile(adapter.source()),
                remedy);
    }
}
