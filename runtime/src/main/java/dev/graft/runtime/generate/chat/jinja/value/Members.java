package dev.graft.runtime.generate.chat.jinja.value;

import org.jspecify.annotations.Nullable;

/** Something with attributes of its own: a loop, a cycler. */
public interface Members {
    /** The attribute, or null if there is none of this name. */
    @Nullable
    Object member(String name);

    /** How it is written. */
    String described();
}
