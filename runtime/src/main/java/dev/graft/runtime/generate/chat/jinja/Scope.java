package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values, within those of a scope around. */
final class Scope {
    private final @Nullable Scope around;
    private final Map<String, Object> values;
    private final int depth;

    private Scope(@Nullable Scope around, Map<String, Object> values) {
        this.around = around;
        this.values = values;
        this.depth = around == null ? 0 : around.depth + 1;
    }

    static Scope of(Map<String, Object> values) {
        return new Scope(null, values);
    }

    Scope inner() {
        return new Scope(this, new HashMap<>());
    }

    /** How many scopes are around it. */
    int depth() {
        return depth;
    }

    void set(String name, Object value) {
        values.put(name, value);
    }

    Object get(String name) {
        for (@Nullable Scope scope = this; scope != null; scope = scope.around) {
            @Nullable Object value = scope.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return Undefined.variable(name);
    }
}
