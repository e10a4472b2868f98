package dev.graft.adapter.format.onnxadapter;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.adapter.format.kohya.KohyaVocabulary;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An adapter's factors as an attached model takes them: under the names of its inputs, in their layout. */
public final class OnnxFactors {
    private OnnxFactors() {}

    /**
     * A as [in, rank] and s·B as [rank, out] of every module, A in front of its B. Each keeps the number format that the adapter has it
     * in; s·B is computed in double and rounded once.
     *
     * @param adapter of any format; kohya's flattened names are restored where they are of Stable Diffusion, CLIP or Llama
     * @throws GraftException {@code CONVERT_UNSUPPORTED} for a change that is no pair of factors of a linear layer, and for two modules
     *     that the style gives one name
     */
    public static List<Tensor> of(Adapter adapter, NameStyle style) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ModuleChange change : KohyaVocabulary.restore(adapter).changes()) {
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
        if (change instanceof SharedProjectionChange) {
            throw unsupported(adapter, SharedProjectionChange.WHY_NOT_ALONE, SharedProjectionChange.WAY_OUT);
        }
        if (!(change instanceof LowRankChange low)) {
            throw inexpressible(adapter, change, "a replaced tensor");
        }
        if (low.isDora()) {
            throw inexpressible(adapter, change, "DoRA, whose factor depends on the base's weight");
        }
        if (low.kind() != LayerKind.LINEAR && low.kind() != LayerKind.LINEAR_OR_CONV) {
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
                "an .onnx_adapter holds A and B of linear layers and nothing else, but module '" + change.module()
                        + "' has " + what,
                "Bake the adapter into the model with graft merge, or attach it with graft attach --style constant; graft convert"
                        + " --to peft keeps all of it.");
    }

    private static GraftException unsupported(Adapter adapter, String what, String remedy) {
        return new GraftException(
                ErrorCode.CONVERT_UNSUPPORTED,
                "the adapter cannot be converted: " + what,
                Location.ofFile(adapter.source()),
                remedy);
    }
}
