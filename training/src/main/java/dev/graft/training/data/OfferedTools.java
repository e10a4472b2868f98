package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import java.util.List;

/** The tools that a row offers in its column {@code tools}: a list of schemas, or as LLaMA-Factory has it a text of one. */
final class OfferedTools {
    private static final String COLUMN = "tools";

    private OfferedTools() {}

    /**
     * Their schemas; empty if the row offers none.
     *
     * @throws BadRowException if the column is something else, or the older form of {@code functions} is used
     */
    static List<JsonValue> of(DataRow row, MessageForm form) {
        if (!isNothing(row.value("functions"))) {
            throw new BadRowException("the column 'functions' is of an older form: name it '" + COLUMN
                    + "', with an object of 'type' and 'function' for each");
        }
        JsonValue offered = row.value(COLUMN);
        if (offered instanceof JsonValue.JsonText text && !isNothing(text)) {
            offered = JsonInText.read(text.value(), "expected the text of '" + COLUMN + "' to be JSON");
        }
        return isNothing(offered) ? List.of() : schemas(offered, form);
    }

    private static List<JsonValue> schemas(JsonValue offered, MessageForm form) {
        if (!(offered instanceof JsonValue.JsonArray array)) {
            throw new BadRowException("expected '" + COLUMN + "' to be a list of schemas, got " + offered.kind());
        }
        for (JsonValue schema : array.items()) {
            if (!(schema instanceof JsonValue.JsonObject)) {
                throw new BadRowException(
                        "expected each of '" + COLUMN + "' to be the schema of a function, got " + schema.kind());
            }
        }
        return array.items().stream().map(form::tool).toList();
    }

    private static boolean isNothing(JsonValue value) {
        return value instanceof JsonValue.JsonText text ? text.value().isBlank() : value.isEmpty();
    }
}
