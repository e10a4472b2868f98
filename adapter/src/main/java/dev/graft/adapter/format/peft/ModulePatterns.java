package dev.graft.adapter.format.peft;

import dev.graft.adapter.format.json.JsonValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code rank_pattern} or {@code alpha_pattern}: values for the modules whose path ends in a match of a regular expression.
 *
 * <p>As PEFT's {@code get_pattern_key}: for each key in the order of the file {@code re.match(r"(.*\.)?(KEY)$", module)}; the
 * first hit wins.
 */
final class ModulePatterns {
    /** {@code ^model\.layers\.0\.q_proj}: as {@link PeftLayout} writes its keys, thousands of them for large models. */
    private static final Pattern ONE_MODULE = Pattern.compile("\\^(?:[A-Za-z0-9_]|\\\\[.-])+");

    private static final int MAX_LENGTH = 1000;
    private static final long MAX_STEPS = 100_000_000;

    private final PeftConfig config;
    private final String option;
    private final Map<String, JsonValue> exact = new HashMap<>();
    private final Map<String, Expression> expressions = new LinkedHashMap<>();
    private final PythonRegex.Steps steps = new PythonRegex.Steps(MAX_STEPS);

    private record Expression(PythonRegex regex, JsonValue value) {}

    ModulePatterns(PeftConfig config, String option) {
        this.config = config;
        this.option = option;
        config.object(option).forEach(this::add);
    }

    /** A key that stands for one module is looked up, as long as no other expression comes before it. */
    private void add(String key, JsonValue value) {
        if (expressions.isEmpty()
                && key.length() <= MAX_LENGTH
                && ONE_MODULE.matcher(key).matches()) {
            exact.putIfAbsent(key.substring(1).replace("\\", ""), value);
        } else {
            expressions.put(key, new Expression(compile(key), value));
        }
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
        JsonValue own = exact.get(module);
        if (own != null) {
            return Optional.of(own);
        }
        return expressions.values().stream()
                .filter(expression -> matches(expression, module))
                .map(Expression::value)
                .findFirst();
    }

    /** The keys that match none of these modules. */
    List<String> unmatched(Collection<String> modules) {
        List<String> unmatched = new ArrayList<>();
        exact.keySet().stream().filter(module -> !modules.contains(module)).forEach(unmatched::add);
        expressions.forEach((key, expression) -> {
            if (modules.stream().noneMatch(module -> matches(expression, module))) {
                unmatched.add(key);
            }
        });
        return unmatched;
    }

    private boolean matches(Expression expression, String module) {
        return expression
                .regex()
                .matchesBeginning(module, steps)
                .orElseThrow(
                        () -> config.invalid("the keys of " + option + " take too long to match, at '" + module + "'"));
    }
}
