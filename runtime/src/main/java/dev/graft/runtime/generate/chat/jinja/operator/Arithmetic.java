package dev.graft.runtime.generate.chat.jinja.operator;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.format.PercentFormat;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.value.Range;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.List;

/** Python's operators on numbers, texts and lists; whole numbers have 64 bits here, and what does not fit is an error. */
public final class Arithmetic {
    private final Run run;

    /** Operators that work at the expense of a rendering. */
    public Arithmetic(Run run) {
        this.run = run;
    }

    /** What an operator makes of two values. */
    public Object apply(String operator, Object left, Object right) {
        try {
            if (Types.isInteger(left) && Types.isInteger(right)) {
                return integers(operator, Types.integer(left), Types.integer(right));
            }
            if (Types.isNumber(left) && Types.isNumber(right)) {
                return reals(operator, Types.real(left), Types.real(right));
            }
        } catch (ArithmeticException impossible) {
            throw JinjaException.of("a division by zero, or a number beyond 64 bits");
        }
        return others(operator, left, right);
    }

    private static Object integers(String operator, long left, long right) {
        return switch (operator) {
            case "+" -> Math.addExact(left, right);
            case "-" -> Math.subtractExact(left, right);
            case "*" -> Math.multiplyExact(left, right);
            case "/" -> divided((double) left, (double) right);
            case "//" -> floorDiv(left, right);
            case "%" -> Math.floorMod(left, right);
            default -> right < 0 ? reals("**", (double) left, (double) right) : (Object) power(left, right);
        };
    }

    private static long floorDiv(long left, long right) {
        return right == -1 ? Math.negateExact(left) : Math.floorDiv(left, right);
    }

    private static double divided(double left, double right) {
        if (right == 0) {
            throw new ArithmeticException();
        }
        return left / right;
    }

    private static long power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long rest = exponent; rest > 0; rest >>= 1) {
            if ((rest & 1) == 1) {
                result = Math.multiplyExact(result, square);
            }
            square = rest > 1 ? Math.multiplyExact(square, square) : square;
        }
        return result;
    }

    private static Object reals(String operator, double left, double right) {
        return switch (operator) {
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "/" -> divided(left, right);
            case "//" -> Math.floor(divided(left - modulo(left, right), right) + 0.5);
            case "%" -> modulo(left, right);
            default -> powerOf(left, right);
        };
    }

    private static double powerOf(double left, double right) {
        double power = Math.pow(left, right);
        boolean beyond = Double.isInfinite(power) && Double.isFinite(left) && Double.isFinite(right);
        if (beyond || (Double.isNaN(power) && !Double.isNaN(left) && !Double.isNaN(right))) {
            throw new ArithmeticException();
        }
        return power;
    }

    private static double modulo(double left, double right) {
        divided(left, right);
        double rest = left % right;
        return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest == 0 ? Math.copySign(0, right) : rest;
    }

    private Object others(String operator, Object left, Object right) {
        if (left instanceof String text && operator.equals("%")) {
            return PercentFormat.format(run, text, right);
        }
        if (operator.equals("+")) {
            return added(left, right);
        }
        if (operator.equals("*") && Types.isInteger(right)) {
            return repeated(left, Types.integer(right));
        }
        if (operator.equals("*") && Types.isInteger(left)) {
            return repeated(right, Types.integer(left));
        }
        throw mismatch(left, right);
    }

    private static JinjaException mismatch(Object left, Object right) {
        if (left instanceof Undefined undefined) {
            return undefined.error();
        }
        return right instanceof Undefined undefined
                ? undefined.error()
                : JinjaException.of("unsupported operands: '" + Types.name(left) + "' and '" + Types.name(right) + "'");
    }

    private Object added(Object left, Object right) {
        if (left instanceof String text && right instanceof String more) {
            run.chargeText((long) text.length() + more.length());
            return text + more;
        }
        if (left instanceof Tuple tuple && right instanceof Tuple more) {
            return Tuple.of(joined(tuple.items(), more.items()));
        }
        if (left instanceof List<?> list
                && right instanceof List<?> more
                && !(left instanceof Range)
                && !(right instanceof Range)) {
            return joined(list, more);
        }
        throw mismatch(left, right);
    }

    private List<Object> joined(List<?> left, List<?> right) {
        run.chargeItems((long) left.size() + right.size());
        List<Object> joined = new ArrayList<>(left);
        joined.addAll(right);
        return joined;
    }

    private Object repeated(Object value, long times) {
        long count = Math.max(0, times);
        if (value instanceof String text) {
            run.chargeText(text.isEmpty() ? 0 : product(text.length(), count));
            return text.isEmpty() ? "" : text.repeat((int) count);
        }
        if (value instanceof Tuple tuple) {
            return Tuple.of(repeated(tuple.items(), count));
        }
        if (value instanceof List<?> list && !(value instanceof Range)) {
            return repeated(list, count);
        }
        throw mismatch(value, times);
    }

    private List<Object> repeated(List<?> list, long times) {
        run.chargeItems(product(list.size(), times));
        List<Object> repeated = new ArrayList<>();
        for (long count = 0; !list.isEmpty() && count < times; count++) {
            repeated.addAll(list);
        }
        return repeated;
    }

    private static long product(long left, long right) {
        return left == 0 || right <= Long.MAX_VALUE / left ? left * right : Long.MAX_VALUE;
    }

    /** A number behind a plus or a minus. */
    public Object signed(boolean negative, Object value) {
        if (value instanceof Double number) {
            return negative ? -number : number;
        }
        if (!Types.isInteger(value)) {
            throw mismatch(value, value);
        }
        return negative ? apply("-", 0L, value) : (Object) Types.integer(value);
    }
}
