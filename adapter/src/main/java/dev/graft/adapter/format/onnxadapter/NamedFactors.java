package dev.graft.adapter.format.onnxadapter;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives the tensors of an {@code .onnx_adapter} their meaning by their names. */
public final class NamedFactors {
    private final OnnxAdapterFile file;
    private final Map<String, Tensor> as = new LinkedHashMap<>();
    private final Map<String, Tensor> bs = new LinkedHashMap<>();

    private NamedFactors(OnnxAdapterFile file) {
        this.file = file;
    }

    /**
     * Reads an adapter whose names follow Olive or onnxruntime-genai; A and B are transposed to PEFT's layout when they are
     * read, and the scaling is 1, being part of B.
     *
     * @throws GraftException {@code ONNX_ADAPTER_MALFORMED}, or {@code ADAPTER_TENSORS_INVALID} if names or shapes do not fit
     */
    public static Adapter read(Path path) {
        return of(OnnxAdapterReader.read(path));
    }

    /**
     * The same of a file that was read.
     *
     * @throws GraftException {@code ADAPTER_TENSORS_INVALID}
     */
    public static Adapter of(OnnxAdapterFile file) {
        return new NamedFactors(file).toAdapter();
    }

    private Adapter toAdapter() {
        for (Tensor tensor : file.tensors().values()) {
            sortIn(tensor);
        }
        List<ModuleChange> changes = new ArrayList<>();
        as.forEach((module, a) -> changes.add(change(module, a, bs.remove(module))));
        if (!bs.isEmpty()) {
            throw invalid(bs.values().iterator().next(), "it has no lora_A beside it");
        }
        if (changes.isEmpty()) {
            throw invalid(null, "the file holds no tensor");
        }
        return new Adapter(file.file(), "onnx_adapter", "LoRA", changes, Map.of("scaling", "folded into B"), List.of());
    }

    private void sortIn(Tensor tensor) {
        boolean known = false;
        for (NameStyle style : NameStyle.values()) {
            Optional<String> moduleOfA = style.moduleOfA(tensor.name());
            Optional<String> moduleOfB = style.moduleOfB(tensor.name());
            moduleOfA.ifPresent(module -> put(as, module, tensor));
            moduleOfB.ifPresent(module -> put(bs, module, tensor));
            known |= moduleOfA.isPresent() || moduleOfB.isPresent();
        }
        if (!known) {
            throw invalid(
                    tensor,
                    tensor.name().contains(".quant.")
                            ? "a quantised factor is not supported"
                            : "the name is neither Olive's MODULE.lora_A.weight nor onnxruntime-genai's"
                                    + " MODULE.lora_A.MatMul.weight");
        }
    }

    private void put(Map<String, Tensor> factors, String module, Tensor tensor) {
        if (!tensor.dtype().isFloat() || tensor.shape().rank() != 2) {
            throw invalid(
                    tensor,
                    "expected a floating-point matrix, got " + tensor.dtype().displayName() + " " + tensor.shape());
        }
        Tensor before = factors.put(module, tensor);
        if (before != null) {
            throw invalid(tensor, "it plays the same part as '" + before.name() + "'");
        }
    }

    private LowRankChange change(String module, Tensor a, @Nullable Tensor b) {
        if (b == null) {
            throw invalid(a, "it has no lora_B beside it");
        }
        if (a.shape().dim(1) != b.shape().dim(0) || a.shape().dim(1) == 0) {
            throw invalid(
                    a,
                    "expected A [in, rank] and B [rank, out] of one rank of at least 1, got " + a.shape() + " and "
                            + b.shape());
        }
        return new LowRankChange(module, LayerKind.LINEAR, a.transposed(), b.transposed(), 1, null, null);
    }

    private GraftException invalid(@Nullable Tensor tensor, String what) {
        Location location =
                tensor == null ? Location.ofFile(file.file()) : Location.ofTensor(file.file(), tensor.name());
        return new GraftException(
                ErrorCode.ADAPTER_TENSORS_INVALID,
                what,
                location,
                "Use the PEFT folder that the file was made from, or export it again with Olive or onnxruntime-genai.");
    }
}
