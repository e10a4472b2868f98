package dev.graft.runtime.generate.chat.jinja.format;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers in the ways that Python's formats name by a letter. */
final class NumberFormat {
    private NumberFormat() {}

    /** The number without its sign. */
    static String unsigned(Run run, char letter, Object value, int precision) {
        if (precision > Limits.PRECISION) {
            throw JinjaException.of("a precision beyond " + Limits.PRECISION);
        }
        if ("dioxXbu".indexOf(letter) >= 0) {
            return whole(letter, value instanceof Double number ? (long) (double) number : Types.integer(value));
        }
        double number = Math.abs(Types.real(value));
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? "nan" : "inf";
        }
        run.charge(Limits.FLOAT_STEPS);
        String text = real(letter, new BigDecimal(number), precision < 0 ? 6 : precision);
        return Character.isUpperCase(letter) ? text.toUpperCase(Locale.ROOT) : text;
    }

    private static String whole(char letter, long value) {
        int radix = letter == 'o' ? 8 : letter == 'b' ? 2 : letter == 'x' || letter == 'X' ? 16 : 10;
        String text = Long.toString(value, radix);
        String digits = text.startsWith("-") ? text.substring(1) : text;
        return letter == 'X' ? digits.toUpperCase(Locale.ROOT) : digits;
    }

    private static String real(char letter, BigDecimal value, int precision) {
        return switch (Character.toLowerCase(letter)) {
            case 'e' -> scientific(value, precision);
            case 'g' -> general(value, Math.max(1, precision));
            case '%' ->
                value.movePointRight(2)
                                .setScale(precision, RoundingMode.HALF_EVEN)
                                .toPlainString() + "%";
            default -> value.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        };
    }

    private static String scientific(BigDecimal value, int precision) {
        BigDecimal rounded = rounded(value, precision + 1);
        StringBuilder digits = new StringBuilder(rounded.unscaledValue().toString());
        while (digits.length() < precision + 1) {
            digits.append('0');
        }
        digits.setLength(precision + 1);
        int exponent = value.signum() == 0 ? 0 : exponent(rounded);
        String fraction = precision == 0 ? "" : "." + digits.substring(1);
        return digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+")
                + String.format("%02d", Math.abs(exponent));
    }

    private static BigDecimal rounded(BigDecimal value, int digits) {
        return value.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    private static int exponent(BigDecimal value) {
        return value.precision() - value.scale() - 1;
    }

    private static String general(BigDecimal value, int precision) {
        if (value.signum() == 0) {
            return "0";
        }
        BigDecimal rounded = rounded(value, precision).stripTrailingZeros();
        int exponent = exponent(rounded);
        boolean plain = exponent >= -4 && exponent < precision;
        return plain ? rounded.toPlainString() : scientific(rounded, rounded.precision() - 1);
    }

    static boolean isNegative(Object value) {
        double number = Types.real(value);
        return number < 0 || (number == 0 && 1 / number < 0);
    }
}
