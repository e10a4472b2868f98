package dev.graft.runtime.generate.chat.jinja;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What jinja2 made of many templates; src/test/scripts/jinja_goldens.py wrote it. */
final class JinjaGoldens {
    private JinjaGoldens() {}

    /** A template, its variables, and the text; null where jinja2 fails, with a message where the template itself refuses. */
    record Golden(
            String template,
            String name,
            Map<String, ?> variables,
            @Nullable String text,
            @Nullable String raised) {
        @Override
        public String toString() {
            return name + ": " + template.substring(0, Math.min(100, template.length()));
        }
    }

    static List<Golden> all() {
        Map<String, JsonValue> file = JsonFiles.readObject(path()).members();
        Map<String, Object> variables = new LinkedHashMap<>();
        ((JsonValue.JsonObject) member(file, "variables"))
                .members()
                .forEach((name, value) -> variables.put(name, java(value)));
        List<Golden> all = new ArrayList<>();
        for (JsonValue item : ((JsonValue.JsonArray) member(file, "cases")).items()) {
            all.add(golden(((JsonValue.JsonObject) item).members(), variables));
        }
        return all;
    }

    @SuppressWarnings("unchecked")
    private static Golden golden(Map<String, JsonValue> members, Map<String, Object> variables) {
        String name = text(member(members, "variables"));
        JsonValue result = member(members, "text");
        return new Golden(
                text(member(members, "template")),
                name,
                (Map<String, ?>) Objects.requireNonNull(variables.get(name)),
                result instanceof JsonValue.JsonText text ? text.value() : null,
                result instanceof JsonValue.JsonObject raised ? text(member(raised.members(), "raised")) : null);
    }

    private static Path path() {
        try {
            return Path.of(Objects.requireNonNull(JinjaGoldens.class.getResource("goldens.json"))
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static JsonValue member(Map<String, JsonValue> members, String name) {
        return Objects.requireNonNull(members.get(name), name);
    }

    private static String text(JsonValue value) {
        return ((JsonValue.JsonText) value).value();
    }

    /** A value as a caller has it: strings, numbers, truth values, null, lists, maps. */
    static @Nullable Object java(JsonValue value) {
        if (value instanceof JsonValue.JsonObject object) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            object.members().forEach((name, member) -> map.put(name, java(member)));
            return map;
        }
        if (value instanceof JsonValue.JsonArray array) {
            List<@Nullable Object> list = new ArrayList<>();
            array.items().forEach(item -> list.add(java(item)));
            return list;
        }
        return scalar(value);
    }

    private static @Nullable Object scalar(JsonValue value) {
        if (value instanceof JsonValue.JsonNumber number) {
            return number.toLong().isPresent() ? (Object) number.toLong().getAsLong() : (Object) number.toDouble();
        }
        if (value instanceof JsonValue.JsonBoolean flag) {
            return flag.value();
        }
        return value instanceof JsonValue.JsonText text ? text.value() : null;
    }
}
