package dev.graft.testkit.difference;

import java.util.Collection;

/** Whether a name that a person writes means a module. */
public final class Modules {
    private Modules() {}

    /** Whether the name is the module's whole path or its last parts: {@code q_proj} means {@code model.layers.0.self_attn.q_proj}. */
    public static boolean means(String name, String module) {
        return module.equals(name) || module.endsWith("." + name);
    }

    /** Whether one of the names means the tensor, by its own name or by a module it belongs to. */
    public static boolean meansTensor(Collection<String> names, String tensor, Collection<String> modules) {
        return names.stream()
                .anyMatch(name -> tensor.equals(name) || modules.stream().anyMatch(module -> means(name, module)));
    }
}
