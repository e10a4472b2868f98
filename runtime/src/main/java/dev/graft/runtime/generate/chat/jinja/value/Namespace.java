package dev.graft.runtime.generate.chat.jinja.value;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one thing that a template can change: names with values, seen from within loops. */
public final class Namespace {
    private final Map<String, Object> members = new LinkedHashMap<>();

    /** Gives a name its value. */
    public void set(String name, Object value) {
        if (name.startsWith("_")) {
            throw JinjaException.of(
                    "a namespace takes no attribute that begins with an underscore, got '" + name + "'");
        }
        members.put(name, value);
    }

    /** The value of a name, or null. */
    public @Nullable Object get(String name) {
        return members.get(name);
    }

    /** All names with their values, in the order they were first set. */
    public Map<String, Object> members() {
        return members;
    }
}
