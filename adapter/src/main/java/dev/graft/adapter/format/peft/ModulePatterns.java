package dev.graft.adapter.format.peft;

import dev.graft.adapter.format.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code rank_pattern} or {@code alpha_pattern}: values for the modules whose path ends in a match of a regular expression.
 *
 * <p>As PEFT's {@code get_pattern_key}: for each key in the order of the file {@code re.match(r"(.*\.)?(KEY)$", module)}; the
 * first hit wins.
 */
final class ModulePatterns {
    private final PeftConfig config;
    private final String option;
    private final Map<PythonRegex, JsonValue> values = new LinkedHashMap<>();

    ModulePatterns(PeftConfig config, String option) {
        this.config = config;
        this.option = option;
        config.object(option).forEach((key, value) -> values.put(compile(key), value));
    }

    private PythonRegex compile(String key) {
        try {
            return PythonRegex.compile("(.*\\.)?(" + key + ")$");
        } catch (IllegalArgumentException e) {
            throw config.invalid(
                    "cannot read the regular expression '" + key + "' in " + option + ": " + e.getMessage());
        }
    }

    /** The value for a module, if a key matches. */
    Optional<JsonValue> find(String module) {
        for (Map.Entry<PythonRegex, JsonValue> entry : values.entrySet()) {
            boolean hit = entry.getKey()
                    .matchesBeginning(module)
                    .orElseThrow(
                            () -> config.invalid("a key of " + option + " takes too long to match '" + module + "'"));
            if (hit) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }
}
