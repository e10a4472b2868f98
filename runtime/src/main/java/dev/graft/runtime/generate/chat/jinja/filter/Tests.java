package dev.graft.runtime.generate.chat.jinja.filter;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.format.Repr;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.operator.Arithmetic;
import dev.graft.runtime.generate.chat.jinja.text.CharacterKinds;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Comparison;
import dev.graft.runtime.generate.chat.jinja.value.Function;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.List;
import java.util.Map;

/** What can be asked of a value with {@code is}. */
public final class Tests {
    private static final Map<String, String> COMPARISONS = Map.ofEntries(
            Map.entry("eq", "=="),
            Map.entry("equalto", "=="),
            Map.entry("==", "=="),
            Map.entry("ne", "!="),
            Map.entry("!=", "!="),
            Map.entry("gt", ">"),
            Map.entry("greaterthan", ">"),
            Map.entry(">", ">"),
            Map.entry("ge", ">="),
            Map.entry(">=", ">="),
            Map.entry("lt", "<"),
            Map.entry("lessthan", "<"),
            Map.entry("<", "<"),
            Map.entry("le", "<="),
            Map.entry("<=", "<="),
            Map.entry("in", "in"));

    private final Run run;

    /** Tests that work at the expense of a rendering. */
    public Tests(Run run) {
        this.run = run;
    }

    /** Whether the test of that name holds for a value. */
    public boolean holds(String name, Object value, Arguments arguments) {
        if (value instanceof String text) {
            run.chargeText(text.length());
        }
        if (COMPARISONS.containsKey(name)) {
            Object other = arguments.bind("other").need("other");
            return Comparison.holds(run, COMPARISONS.getOrDefault(name, name), value, other);
        }
        return switch (name) {
            case "divisibleby" -> isDivisible(value, arguments);
            case "sameas" -> isSame(value, arguments.bind("other").need("other"));
            default -> alone(name, value, arguments);
        };
    }

    private boolean isDivisible(Object value, Arguments arguments) {
        Object divisor = arguments.bind("num").need("num");
        return Comparison.equal(run, new Arithmetic(run).apply("%", value, divisor), 0L);
    }

    private static boolean isSame(Object value, Object other) {
        boolean scalar = value instanceof String || value instanceof Long || value instanceof Boolean;
        return value == other || (scalar && value.equals(other));
    }

    private boolean alone(String name, Object value, Arguments arguments) {
        arguments.bind();
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == None.NONE;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "odd", "even" -> isOdd(value) == name.equals("odd");
            case "lower", "upper" -> isCased(Repr.text(run, value), "is" + name);
            default -> kind(name, value);
        };
    }

    private boolean isCased(String text, String name) {
        run.chargeExamined(text);
        return CharacterKinds.holds(text, name);
    }

    private boolean isOdd(Object value) {
        return Comparison.equal(run, new Arithmetic(run).apply("%", value, 2L), 1L);
    }

    private static boolean kind(String name, Object value) {
        return switch (name) {
            case "boolean" -> value instanceof Boolean;
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "number" -> Types.isNumber(value);
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map;
            case "iterable" -> Iteration.isIterable(value);
            case "sequence" -> isSequence(value);
            case "callable" -> value instanceof Function || value instanceof Undefined;
            case "escaped" -> false;
            default -> throw JinjaException.of("no test named '" + name + "'");
        };
    }

    private static boolean isSequence(Object value) {
        return value instanceof String
                || value instanceof List
                || value instanceof Tuple
                || value instanceof Map
                || value instanceof Undefined;
    }
}
