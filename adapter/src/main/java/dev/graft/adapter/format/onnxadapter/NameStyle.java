package dev.graft.adapter.format.onnxadapter;

import java.util.Optional;

/** How the tensors of one module are called in an {@code .onnx_adapter}, and as inputs of the model that takes it. */
public enum NameStyle {
    /** Olive: {@code model.layers.0.self_attn.q_proj.lora_A.weight}. */
    OLIVE(".lora_A.weight", ".lora_B.weight"),
    /** onnxruntime-genai: {@code model.layers.0.attn.q_proj.lora_A.MatMul.weight}; it calls self_attn attn. */
    GENAI(".lora_A.MatMul.weight", ".lora_B.MatMul.weight");

    private static final String PEFT_PREFIX = "base_model.model.";

    private final String suffixOfA;
    private final String suffixOfB;

    NameStyle(String suffixOfA, String suffixOfB) {
        this.suffixOfA = suffixOfA;
        this.suffixOfB = suffixOfB;
    }

    /** The name of a module's A, [in, rank]. */
    public String nameOfA(String module) {
        return local(module) + suffixOfA;
    }

    /** The name of a module's B, [rank, out]. */
    public String nameOfB(String module) {
        return local(module) + suffixOfB;
    }

    private String local(String module) {
        return this == GENAI ? ("." + module).replace(".self_attn.", ".attn.").substring(1) : module;
    }

    /** The PyTorch path of the module that a tensor is A of, if its name is in this style. */
    Optional<String> moduleOfA(String name) {
        return module(name, suffixOfA);
    }

    /** The PyTorch path of the module that a tensor is B of, if its name is in this style. */
    Optional<String> moduleOfB(String name) {
        return module(name, suffixOfB);
    }

    private Optional<String> module(String name, String suffix) {
        if (!name.endsWith(suffix) || name.length() == suffix.length()) {
            return Optional.empty();
        }
        String module = name.substring(0, name.length() - suffix.length());
        if (module.startsWith(PEFT_PREFIX)) {
            module = module.substring(PEFT_PREFIX.length());
        }
        return Optional.of(this == GENAI ? pyTorchPath(module) : module);
    }

    /** Only the four projections: other modules called attn are PyTorch's own, as in GPT-2. */
    private static String pyTorchPath(String module) {
        return module.matches(".*\\.attn\\.[qkvo]_proj")
                ? module.substring(0, module.lastIndexOf(".attn.")) + ".self_attn."
                        + module.substring(module.lastIndexOf('.') + 1)
                : module;
    }
}
