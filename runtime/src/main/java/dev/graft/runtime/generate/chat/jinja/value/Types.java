package dev.graft.runtime.generate.chat.jinja.value;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a value is, in Python's words; and values of Java taken in, copied, so that nothing of Java's is reachable. */
public final class Types {
    private Types() {}

    /** The name of its type. */
    public static String name(Object value) {
        if (value instanceof Map) {
            return "dict object";
        }
        if (value instanceof Range) {
            return "range";
        }
        if (value instanceof Function) {
            return "function";
        }
        return plainName(value);
    }

    private static String plainName(Object value) {
        return value instanceof String
                ? "str"
                : value instanceof Boolean
                        ? "bool"
                        : value instanceof Long
                                ? "int"
                                : value instanceof Double
                                        ? "float"
                                        : value instanceof List
                                                ? "list"
                                                : value.getClass()
                                                        .getSimpleName()
                                                        .toLowerCase(Locale.ROOT);
    }

    /** Whether it counts as true in a condition. */
    public static boolean truth(Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        return value != None.NONE && !(value instanceof Undefined) && !isEmpty(value);
    }

    private static boolean isEmpty(Object value) {
        if (value instanceof String text) {
            return text.isEmpty();
        }
        if (value instanceof Map<?, ?> dict) {
            return dict.isEmpty();
        }
        @Nullable Collection<Object> items = sized(value);
        return items != null && items.isEmpty();
    }

    /** The items of what has a length and is neither text nor dict, or null. */
    public static @Nullable List<Object> sized(Object value) {
        if (value instanceof Tuple tuple) {
            return tuple.items();
        }
        if (value instanceof DictView view) {
            return view.items();
        }
        return value instanceof List ? list(value) : null;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    /** What is known to be a dict, as one. */
    @SuppressWarnings("unchecked")
    public static Map<Object, Object> dict(Object value) {
        return (Map<Object, Object>) value;
    }

    /** A number of Python's whole ones: a truth value is one. */
    public static long integer(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        throw value instanceof Undefined undefined
                ? undefined.error()
                : JinjaException.of("expected an int, got " + name(value));
    }

    /** Whether it is a whole number; a truth value is one. */
    public static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean;
    }

    /** Whether one can calculate with it. */
    public static boolean isNumber(Object value) {
        return isInteger(value) || value instanceof Double;
    }

    /** A number, or an error. */
    public static double real(Object value) {
        return value instanceof Double number ? number : (double) integer(value);
    }

    /** A text, or an error. */
    public static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw value instanceof Undefined undefined
                ? undefined.error()
                : JinjaException.of("expected a str, got " + name(value));
    }

    /** A key of a dict: texts, numbers, truth values and none; what is equal as a number is the same key. */
    public static Object key(Object value) {
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
            return (long) (double) number;
        }
        if (value instanceof String || isNumber(value) || value == None.NONE) {
            return value;
        }
        throw JinjaException.of("unhashable type: '" + name(value) + "'");
    }

    /** Whether a dict can have it as a key. */
    public static boolean canBeKey(Object value) {
        return value instanceof String || isNumber(value) || value == None.NONE;
    }

    /** A value of Java's as the template sees it. */
    public static Object ofJava(@Nullable Object value, int depth) {
        if (depth > Limits.NESTING) {
            throw JinjaException.of("values nested more than " + Limits.NESTING + " deep");
        }
        if (value == null) {
            return None.NONE;
        }
        if (value instanceof String || value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        return ofContainer(value, depth);
    }

    private static Object ofContainer(Object value, int depth) {
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (value instanceof List<?> items) {
            List<Object> copy = new ArrayList<>(items.size());
            items.forEach(item -> copy.add(ofJava(item, depth + 1)));
            return copy;
        }
        if (value instanceof Map<?, ?> entries) {
            Dict copy = new Dict();
            entries.forEach((key, item) -> copy.put(key(ofJava(key, depth + 1)), ofJava(item, depth + 1)));
            return copy;
        }
        throw JinjaException.of("a template cannot read a " + value.getClass().getName());
    }
}
