package dev.graft.runtime.generate.chat.jinja.filter;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.operator.Arithmetic;
import dev.graft.runtime.generate.chat.jinja.text.Casing;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Pattern;

/** Filters that make numbers of what they get. */
final class NumberFilters {
    private static final int LONGEST_WHOLE = 100;
    private static final int LONGEST_REAL = 1000;
    private static final Pattern UNDERSCORE = Pattern.compile("(?<=[0-9A-Za-z])_(?=[0-9A-Za-z])");
    private static final Pattern REAL = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?");

    private final Run run;

    NumberFilters(Run run) {
        this.run = run;
    }

    Map<String, Filter> table() {
        return Map.of("int", this::integer, "float", this::real, "abs", this::abs, "round", this::round);
    }

    private Object integer(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default", "base");
        Object otherwise = bound.get("default", 0L);
        if (Types.isInteger(value)) {
            return Types.integer(value);
        }
        if (value instanceof String text) {
            return parsed(text, bound.integer("base", 10), otherwise);
        }
        return value instanceof Double number ? whole(number, otherwise) : undefinedOr(value, otherwise);
    }

    private static Object undefinedOr(Object value, Object otherwise) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        return otherwise;
    }

    private static Object whole(double number, Object otherwise) {
        if (Math.abs(number) >= 0x1p63) {
            throw JinjaException.of("a number beyond 64 bits");
        }
        return Double.isNaN(number) ? otherwise : (Object) (long) number;
    }

    private Object parsed(String text, long base, Object otherwise) {
        String trimmed = Characters.strip(text, Characters::isSpace);
        if (base < 2 || base > 36 || trimmed.length() >= LONGEST_WHOLE) {
            return otherwise;
        }
        run.charge(trimmed.length());
        String digits = withoutPrefix(joined(trimmed), base);
        if (isWhole(digits, (int) base)) {
            BigInteger whole = new BigInteger(digits, (int) base);
            if (whole.bitLength() < Long.SIZE) {
                return whole.longValue();
            }
        }
        Object number = parsedReal(trimmed);
        return number instanceof Double real && Double.isFinite(real) ? whole(real, otherwise) : otherwise;
    }

    private static boolean isWhole(String text, int base) {
        String digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        return !digits.isEmpty() && digits.chars().allMatch(character -> Character.digit(character, base) >= 0);
    }

    private static String withoutPrefix(String text, long base) {
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
        return !prefix.isEmpty() && Casing.lower(text).startsWith(prefix) ? text.substring(2) : text;
    }

    /** Without single underscores between digits. */
    private static String joined(String text) {
        return UNDERSCORE.matcher(text).replaceAll("");
    }

    private Object real(Object value, Arguments arguments) {
        Object otherwise = arguments.bind("default").get("default", 0.0);
        if (Types.isNumber(value)) {
            return Types.real(value);
        }
        if (value instanceof String text) {
            Object number = parsedReal(Characters.strip(text, Characters::isSpace));
            return number == None.NONE ? otherwise : number;
        }
        return undefinedOr(value, otherwise);
    }

    /** The number that Python's {@code float} reads, or none. */
    private Object parsedReal(String text) {
        if (text.length() >= LONGEST_REAL) {
            return None.NONE;
        }
        run.charge(text.length());
        String word = Casing.lower(joined(text));
        String unsigned = word.startsWith("-") || word.startsWith("+") ? word.substring(1) : word;
        double sign = word.startsWith("-") ? -1 : 1;
        if (unsigned.equals("inf") || unsigned.equals("infinity")) {
            return sign * Double.POSITIVE_INFINITY;
        }
        if (unsigned.equals("nan")) {
            return Double.NaN;
        }
        return REAL.matcher(unsigned).matches() ? (Object) (sign * Double.parseDouble(unsigned)) : None.NONE;
    }

    private Object abs(Object value, Arguments arguments) {
        if (value instanceof Double number) {
            return Math.abs(number);
        }
        boolean negative = Types.integer(value) < 0;
        return new Arithmetic(run).signed(negative, value);
    }

    private Object round(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("precision", "method");
        long precision = bound.integer("precision", 0);
        String method = bound.text("method", "common");
        run.charge(value instanceof Double ? Limits.FLOAT_STEPS : 0);
        if (Math.abs(precision) > 400) {
            throw JinjaException.of("a precision beyond 400");
        }
        return switch (method) {
            case "common" -> rounded(value, (int) precision);
            case "ceil" -> scaled(value, (int) precision, RoundingMode.CEILING);
            case "floor" -> scaled(value, (int) precision, RoundingMode.FLOOR);
            default -> throw JinjaException.of("method must be common, ceil or floor");
        };
    }

    private static Object rounded(Object value, int precision) {
        if (Types.isInteger(value)) {
            BigDecimal whole = BigDecimal.valueOf(Types.integer(value));
            return whole.setScale(Math.min(0, precision), RoundingMode.HALF_EVEN)
                    .longValue();
        }
        if (!(value instanceof Double number) || !Double.isFinite(number)) {
            throw JinjaException.of("cannot round a " + Types.name(value));
        }
        double rounded = new BigDecimal(number)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .doubleValue();
        return Math.copySign(rounded, number);
    }

    private static Object scaled(Object value, int precision, RoundingMode mode) {
        double factor = Math.pow(10, precision);
        double scaled = Types.real(value) * factor;
        if (!Double.isFinite(scaled) || factor == 0) {
            throw JinjaException.of("a number beyond what can be rounded");
        }
        return (mode == RoundingMode.CEILING ? Math.ceil(scaled) : Math.floor(scaled)) / factor;
    }
}
