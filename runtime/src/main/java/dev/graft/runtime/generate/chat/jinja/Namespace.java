package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one thing that a template can change: names with values, seen from within loops. */
final class Namespace {
    private final Map<String, Object> members = new LinkedHashMap<>();

    void set(String name, Object value) {
        if (name.startsWith("_")) {
            throw JinjaException.of(
                    "a namespace takes no attribute that begins with an underscore, got '" + name + "'");
        }
        members.put(name, value);
    }

    @Nullable
    Object get(String name) {
        return members.get(name);
    }

    Map<String, Object> members() {
        return members;
    }
}
