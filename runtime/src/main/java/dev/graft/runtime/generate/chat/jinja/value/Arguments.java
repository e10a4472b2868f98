package dev.graft.runtime.generate.chat.jinja.value;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a call was given. */
public record Arguments(List<Object> positional, Map<String, Object> named) {
    /** By the names of the parameters, in their order; what none of them takes is an error. */
    public Bound bind(String... parameters) {
        if (positional.size() > parameters.length) {
            throw JinjaException.of(
                    "takes at most " + parameters.length + " arguments, " + positional.size() + " given");
        }
        Map<String, Object> bound = new LinkedHashMap<>();
        for (int index = 0; index < positional.size(); index++) {
            bound.put(parameters[index], positional.get(index));
        }
        List<String> known = List.of(parameters);
        named.forEach((name, value) -> {
            if (!known.contains(name) || bound.put(name, value) != null) {
                throw JinjaException.of("got an unexpected argument '" + name + "'");
            }
        });
        return new Bound(bound);
    }

    /** The same without the first by position. */
    public Arguments rest() {
        return new Arguments(positional.subList(1, positional.size()), named);
    }

    /** Arguments by the names of their parameters. */
    public record Bound(Map<String, Object> values) {
        /** Whether it was given. */
        public boolean has(String name) {
            return values.containsKey(name);
        }

        /** Given, and not none. */
        public boolean hasValue(String name) {
            return has(name) && values.get(name) != None.NONE;
        }

        /** What was given, or something else. */
        public Object get(String name, Object otherwise) {
            @Nullable Object value = values.get(name);
            return value == null ? otherwise : value;
        }

        /** What must be given. */
        public Object need(String name) {
            @Nullable Object value = values.get(name);
            if (value == null) {
                throw JinjaException.of("needs the argument '" + name + "'");
            }
            return value;
        }

        /** Whether what was given counts as true. */
        public boolean flag(String name, boolean otherwise) {
            return has(name) ? Types.truth(need(name)) : otherwise;
        }

        /** A whole number. */
        public long integer(String name, long otherwise) {
            return has(name) ? Types.integer(need(name)) : otherwise;
        }

        /** A text. */
        public String text(String name, String otherwise) {
            return has(name) ? Types.text(need(name)) : otherwise;
        }
    }
}
