package dev.graft.adapter.format.peft;

import dev.graft.tensor.Tensor;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tensors of one module by the part that they play. */
final class ModuleTensors {
    private final String module;
    private final Map<PeftKey.Part, Tensor> parts = new EnumMap<>(PeftKey.Part.class);

    ModuleTensors(String module) {
        this.module = module;
    }

    String module() {
        return module;
    }

    /** Adds a part; returns the tensor that played it before, which is an error. */
    @Nullable
    Tensor put(PeftKey.Part part, Tensor tensor) {
        return parts.put(part, tensor);
    }

    @Nullable
    Tensor get(PeftKey.Part part) {
        return parts.get(part);
    }

    /** Whether anything of a low-rank change is there. */
    boolean hasFactors() {
        return parts.keySet().stream().anyMatch(part -> part != PeftKey.Part.TOKEN_ROWS);
    }
}
