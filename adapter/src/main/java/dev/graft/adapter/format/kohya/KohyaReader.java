package dev.graft.adapter.format.kohya;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.Scaling;
import dev.graft.adapter.format.safetensors.SafetensorsFile;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads kohya and LyCORIS LoRA and LoCon files; see the package's page. */
public final class KohyaReader {
    private static final Set<String> KNOWN = Set.of(KohyaKey.DOWN, KohyaKey.UP, KohyaKey.MID, KohyaKey.ALPHA);

    private final SafetensorsFile file;
    private final Map<String, Map<String, Tensor>> modules = new LinkedHashMap<>();
    private final Map<String, Integer> components = new TreeMap<>();

    private KohyaReader(SafetensorsFile file) {
        this.file = file;
    }

    /** Whether a file's tensors are named as kohya's. */
    public static boolean isKohya(SafetensorsFile file) {
        return !file.tensors().isEmpty()
                && file.tensors().keySet().stream()
                        .anyMatch(name -> KohyaKey.parse(name)
                                .filter(key -> KNOWN.contains(key.suffix())
                                        || key.refusedMethod().isPresent())
                                .isPresent());
    }

    /**
     * Reads an adapter.
     *
     * @throws GraftException {@code METHOD_UNSUPPORTED} if a module is LoHa, LoKr, OFT or DoRA, {@code ADAPTER_TENSORS_INVALID}
     *     if tensors are missing, unknown or do not fit together
     */
    public static Adapter read(SafetensorsFile file) {
        return new KohyaReader(file).read();
    }

    private Adapter read() {
        file.tensors().values().forEach(this::sortIn);
        List<ModuleChange> changes = new ArrayList<>();
        modules.forEach((module, tensors) -> changes.add(change(module, tensors)));
        Map<String, String> details = new LinkedHashMap<>();
        components.forEach((component, count) -> details.put("modules of " + component, String.valueOf(count)));
        List<String> warnings = components.size() < 2
                ? List.of()
                : List.of("the file is for several models of a pipeline: " + String.join(", ", components.keySet()));
        return new Adapter(file.file(), KohyaNames.FORMAT, "LoCon", changes, details, warnings);
    }

    private void sortIn(Tensor tensor) {
        KohyaKey key = KohyaKey.parse(tensor.name()).orElseThrow(() -> unknown(tensor));
        key.refusedMethod().ifPresent(method -> {
            throw new GraftException(
                    ErrorCode.METHOD_UNSUPPORTED,
                    "this adapter is " + method + ", which is not supported",
                    Location.ofTensor(file.file(), tensor.name()),
                    "Merge it with LyCORIS, or train a LoRA or LoCon.");
        });
        if (!KNOWN.contains(key.suffix())) {
            throw unknown(tensor);
        }
        if (!tensor.dtype().isFloat()) {
            throw invalid(
                    tensor,
                    "expected a floating-point tensor, got " + tensor.dtype().displayName());
        }
        Map<String, Tensor> parts = modules.computeIfAbsent(key.module(), module -> {
            components.merge(key.component().isEmpty() ? "the model" : key.component(), 1, Integer::sum);
            return new LinkedHashMap<>();
        });
        if (parts.put(key.suffix(), tensor) != null) {
            throw invalid(tensor, "another model of the pipeline has a module of the same name");
        }
    }

    private LowRankChange change(String module, Map<String, Tensor> tensors) {
        Tensor any = tensors.values().iterator().next();
        Tensor down = tensors.get(KohyaKey.DOWN);
        Tensor up = tensors.get(KohyaKey.UP);
        if (down == null || up == null) {
            throw invalid(any, "the module has no " + (down == null ? KohyaKey.DOWN : KohyaKey.UP));
        }
        Tensor mid = tensors.get(KohyaKey.MID);
        Tensor a = mid == null ? down : TuckerFactor.multiply(checkTucker(down, mid), mid);
        checkShapes(a, up);
        LayerKind kind = a.shape().rank() > 2 ? LayerKind.CONV : LayerKind.LINEAR;
        double scaling = scaling(tensors.get(KohyaKey.ALPHA), a.shape().dim(0));
        return new LowRankChange(module, kind, a, up, scaling, null, null);
    }

    private void checkShapes(Tensor a, Tensor up) {
        int dims = a.shape().rank();
        boolean fits = dims >= 2
                && dims <= 5
                && up.shape().rank() == dims
                && a.shape().elements() > 0
                && a.shape().dim(0) == up.shape().dim(1)
                && up.shape().elements() == up.shape().dim(0) * up.shape().dim(1);
        if (!fits) {
            throw invalid(a, "down " + a.shape() + " and up " + up.shape() + " do not fit together");
        }
    }

    private Tensor checkTucker(Tensor down, Tensor mid) {
        boolean fits = mid.shape().rank() > 2
                && down.shape().rank() == mid.shape().rank()
                && mid.shape().dim(1) == down.shape().dim(0)
                && down.shape().elements() == down.shape().dim(0) * down.shape().dim(1);
        if (!fits) {
            throw invalid(mid, "down " + down.shape() + " and mid " + mid.shape() + " do not fit together");
        }
        return down;
    }

    private double scaling(@Nullable Tensor alpha, long rank) {
        if (alpha == null) {
            return 1;
        }
        if (alpha.shape().elements() != 1) {
            throw invalid(alpha, "expected one number, got " + alpha.shape());
        }
        double value = alpha.toDoubles()[0];
        if (!Double.isFinite(value)) {
            throw invalid(alpha, "expected a finite alpha, got " + value);
        }
        return value == 0 ? 1 : Scaling.of(value, rank, false);
    }

    private GraftException unknown(Tensor tensor) {
        return invalid(tensor, "the name has no known meaning in a kohya file");
    }

    private GraftException invalid(Tensor tensor, String what) {
        return new GraftException(
                ErrorCode.ADAPTER_TENSORS_INVALID,
                what,
                Location.ofTensor(file.file(), tensor.name()),
                "Save the adapter again with the program that trained it.");
    }
}
