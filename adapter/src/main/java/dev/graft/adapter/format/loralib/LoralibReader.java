package dev.graft.adapter.format.loralib;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.Scaling;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.format.safetensors.SafetensorsFile;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads loralib weights; see the package's page for the layouts. */
public final class LoralibReader {
    /** The end of the names of A. */
    public static final String SUFFIX_OF_A = ".lora_A";

    private static final String SUFFIX_OF_B = ".lora_B";

    private final SafetensorsFile file;
    private final LoralibOptions options;
    private final double alpha;
    private final List<String> warnings = new ArrayList<>();

    private LoralibReader(SafetensorsFile file, LoralibOptions options) {
        this.file = file;
        this.options = options;
        this.alpha = options.alpha()
                .orElseThrow(() -> new GraftException(
                        ErrorCode.ADAPTER_CONFIG_INVALID,
                        "a loralib file does not store alpha, and none was given",
                        Location.ofFile(file.file()),
                        "Give the lora_alpha that it was trained with: --alpha N."));
    }

    /**
     * Reads an adapter.
     *
     * @throws GraftException {@code ADAPTER_CONFIG_INVALID} if alpha or the groups must be given and are not, {@code
     *     ADAPTER_TENSORS_INVALID} if the tensors do not fit together
     */
    public static Adapter read(SafetensorsFile file, LoralibOptions options) {
        return new LoralibReader(file, options).read();
    }

    private Adapter read() {
        List<ModuleChange> changes = new ArrayList<>();
        for (Tensor tensor : file.tensors().values()) {
            String name = tensor.name();
            if (name.endsWith(SUFFIX_OF_A)) {
                String module = name.substring(0, name.length() - SUFFIX_OF_A.length());
                changes.add(lowRank(module, tensor, file.tensors().get(module + SUFFIX_OF_B)));
            } else if (name.endsWith(SUFFIX_OF_B)) {
                requireA(tensor);
            } else {
                changes.add(replacement(tensor));
            }
        }
        Path path = file.file();
        return new Adapter(path, "loralib", "LoRA", changes, Map.of("lora_alpha", String.valueOf(alpha)), warnings);
    }

    private void requireA(Tensor b) {
        String module = b.name().substring(0, b.name().length() - SUFFIX_OF_B.length());
        if (!file.tensors().containsKey(module + SUFFIX_OF_A)) {
            throw invalid(b, "it has no lora_A beside it");
        }
    }

    private TensorReplacement replacement(Tensor tensor) {
        int dot = tensor.name().lastIndexOf('.');
        if (dot <= 0 || tensor.name().contains("lora_")) {
            throw invalid(tensor, "the name has no known meaning in a loralib file");
        }
        return new TensorReplacement(
                tensor.name().substring(0, dot), tensor.name().substring(dot + 1), tensor);
    }

    private LowRankChange lowRank(String module, Tensor a, @Nullable Tensor b) {
        if (b == null) {
            throw invalid(a, "it has no lora_B beside it");
        }
        checkMatrix(a);
        checkMatrix(b);
        if (options.kernelSize().isPresent()) {
            return convolution(module, a, b, options.kernelSize().getAsInt());
        }
        int enabled =
                (int) options.enabledGroups().stream().filter(flag -> flag).count();
        if (enabled > 0 && a.shape().dim(0) == enabled * b.shape().dim(1)) {
            Tensor spread = GroupedFactor.spread(b, options.enabledGroups());
            return change(module, LayerKind.LINEAR, a, spread, b.shape().dim(1));
        }
        if (a.shape().dim(0) != b.shape().dim(1)) {
            throw ranksDiffer(a, b);
        }
        return change(module, kind(module), a, b, a.shape().dim(0));
    }

    private LowRankChange change(String module, LayerKind kind, Tensor a, Tensor b, long rank) {
        return new LowRankChange(module, kind, a, b, Scaling.of(alpha, rank, false), null, null);
    }

    private LowRankChange convolution(String module, Tensor a, Tensor b, int kernelSize) {
        boolean fits = kernelSize > 0
                && a.shape().dim(0) % kernelSize == 0
                && a.shape().dim(1) % kernelSize == 0
                && b.shape().dim(0) % kernelSize == 0
                && a.shape().dim(0) == b.shape().dim(1);
        if (!fits) {
            throw invalid(
                    a,
                    "A " + a.shape() + " and B " + b.shape() + " are not those of a convolution with kernel size "
                            + kernelSize);
        }
        return change(module, LayerKind.CONV_FLAT, a, b, a.shape().dim(0) / kernelSize);
    }

    private LayerKind kind(String module) {
        String last = module.substring(module.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        boolean embedding = last.contains("embed") || last.equals("wte") || last.equals("wpe");
        if (embedding) {
            warnings.add("'" + module + "' is taken as an embedding by its name");
        }
        return embedding ? LayerKind.EMBEDDING : LayerKind.LINEAR;
    }

    private void checkMatrix(Tensor tensor) {
        if (!tensor.dtype().isFloat()
                || tensor.shape().rank() != 2
                || tensor.shape().elements() == 0) {
            throw invalid(
                    tensor,
                    "expected a floating-point matrix, got " + tensor.dtype().displayName() + " " + tensor.shape());
        }
    }

    private GraftException ranksDiffer(Tensor a, Tensor b) {
        long groups = a.shape().dim(0) / b.shape().dim(1);
        boolean merged = a.shape().dim(0) % b.shape().dim(1) == 0;
        return new GraftException(
                merged ? ErrorCode.ADAPTER_CONFIG_INVALID : ErrorCode.ADAPTER_TENSORS_INVALID,
                "A " + a.shape() + " and B " + b.shape() + " have different ranks"
                        + (merged ? ": a MergedLinear with " + groups + " enabled groups" : ""),
                Location.ofTensor(file.file(), a.name()),
                merged
                        ? "Give the enable_lora that it was trained with, one flag per group: --enable-lora true,false,true."
                        : "The file is damaged: save the adapter again.");
    }

    private GraftException invalid(Tensor tensor, String what) {
        return new GraftException(
                ErrorCode.ADAPTER_TENSORS_INVALID,
                what,
                Location.ofTensor(file.file(), tensor.name()),
                "Save the adapter again with loralib's lora_state_dict.");
    }
}
