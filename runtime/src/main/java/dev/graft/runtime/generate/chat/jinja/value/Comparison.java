package dev.graft.runtime.generate.chat.jinja.value;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Finder;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Equality, order and membership as in Python; every pair that is looked at is a step, however often a list holds itself. */
public final class Comparison {
    private Comparison() {}

    /** Python's {@code ==}. */
    public static boolean equal(Run run, Object left, Object right) {
        run.enter();
        boolean equal = equalWithin(run, left, right);
        run.leave();
        return equal;
    }

    private static boolean equalWithin(Run run, Object left, Object right) {
        if (Types.isNumber(left) && Types.isNumber(right)) {
            return numbersEqual(left, right);
        }
        if (left instanceof String text) {
            run.chargeText(text.length());
            return text.equals(right);
        }
        if (left instanceof Map && right instanceof Map) {
            return dictsEqual(run, Types.dict(left), Types.dict(right));
        }
        if (sameKind(left, right)) {
            return itemsEqual(run, items(left), items(right));
        }
        return left == right || (left instanceof Undefined && right instanceof Undefined);
    }

    private static boolean numbersEqual(Object left, Object right) {
        return !isNan(left) && !isNan(right) && order(left, right) == 0;
    }

    private static boolean isNan(Object value) {
        return value instanceof Double number && number.isNaN();
    }

    private static boolean sameKind(Object left, Object right) {
        boolean lists =
                left instanceof List && right instanceof List && left instanceof Range == right instanceof Range;
        return lists || (left instanceof Tuple && right instanceof Tuple);
    }

    private static List<Object> items(Object value) {
        @Nullable List<Object> items = Types.sized(value);
        return items == null ? List.of() : items;
    }

    private static boolean itemsEqual(Run run, List<Object> left, List<Object> right) {
        boolean equal = left.size() == right.size();
        for (int index = 0; equal && index < left.size(); index++) {
            equal = equal(run, left.get(index), right.get(index));
        }
        return equal;
    }

    private static boolean dictsEqual(Run run, Map<Object, Object> left, Map<Object, Object> right) {
        boolean equal = left.size() == right.size();
        Iterator<Map.Entry<Object, Object>> entries = left.entrySet().iterator();
        while (equal && entries.hasNext()) {
            Map.Entry<Object, Object> entry = entries.next();
            run.chargeValue(entry.getKey());
            @Nullable Object other = right.get(entry.getKey());
            equal = other != null && equal(run, entry.getValue(), other);
        }
        return equal;
    }

    /** Less, equal or more; an error where Python has no order. */
    public static int compare(Run run, Object left, Object right) {
        run.enter();
        int order = compareWithin(run, left, right);
        run.leave();
        return order;
    }

    private static int compareWithin(Run run, Object left, Object right) {
        if (Types.isNumber(left) && Types.isNumber(right)) {
            return order(left, right);
        }
        if (left instanceof String text && right instanceof String other) {
            run.chargeText(text.length());
            return byCodePoint(text, other);
        }
        if (sameKind(left, right) && !(left instanceof Range)) {
            return compareItems(run, items(left), items(right));
        }
        throw left instanceof Undefined undefined
                ? undefined.error()
                : JinjaException.of("no order between '" + Types.name(left) + "' and '" + Types.name(right) + "'");
    }

    private static int compareItems(Run run, List<Object> left, List<Object> right) {
        for (int index = 0; index < Math.min(left.size(), right.size()); index++) {
            if (!equal(run, left.get(index), right.get(index))) {
                return compare(run, left.get(index), right.get(index));
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static int byCodePoint(String left, String right) {
        int at = 0;
        while (at < left.length() && at < right.length() && left.charAt(at) == right.charAt(at)) {
            at++;
        }
        boolean ended = at == left.length() || at == right.length();
        return ended
                ? Integer.compare(left.length(), right.length())
                : Integer.compare(left.codePointAt(at), right.codePointAt(at));
    }

    /** Exactly, also between whole numbers and others; not a number is above all, so that a sort always has an order. */
    private static int order(Object left, Object right) {
        if (Types.isInteger(left) && Types.isInteger(right)) {
            return Long.compare(Types.integer(left), Types.integer(right));
        }
        if (left instanceof Double first && right instanceof Double second) {
            return realTo(first, second);
        }
        return left instanceof Double first
                ? -wholeTo(Types.integer(right), first)
                : wholeTo(Types.integer(left), Types.real(right));
    }

    private static int realTo(double left, double right) {
        // Zero has two signs and one place.
        return left == right ? 0 : Double.compare(left, right);
    }

    private static int wholeTo(long whole, double number) {
        if (Double.isNaN(number) || number >= 0x1p63 || number < -0x1p63) {
            return number < 0 ? 1 : -1;
        }
        long truncated = (long) number;
        return whole != truncated ? Long.compare(whole, truncated) : realTo((double) truncated, number);
    }

    /** Whether a comparison of the operator's holds. */
    public static boolean holds(Run run, String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> equal(run, left, right);
            case "!=" -> !equal(run, left, right);
            case "in" -> contains(run, right, left);
            case "not in" -> !contains(run, right, left);
            default -> ordered(run, operator, left, right);
        };
    }

    private static boolean ordered(Run run, String operator, Object left, Object right) {
        int order = compare(run, left, right);
        if (isNan(left) || isNan(right)) {
            return false;
        }
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    static boolean contains(Run run, Object container, Object item) {
        if (container instanceof String text) {
            String wanted = Types.text(item);
            run.chargeText(text.length());
            return new Finder(run, text, wanted).next(0) >= 0;
        }
        if (container instanceof Map<?, ?> dict) {
            run.chargeValue(item);
            return dict.containsKey(Types.key(item));
        }
        Iterator<Object> items = Iteration.over(run, container);
        boolean found = false;
        while (!found && items.hasNext()) {
            found = equal(run, items.next(), item);
        }
        return found;
    }
}
