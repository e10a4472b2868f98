package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;

/** Where a number ends, and whether it has a fraction or an exponent. */
record NumberToken(int end, boolean isFloat) {
    static NumberToken at(String source, int start) {
        boolean fractionAllowed = start == 0 || source.charAt(start - 1) != '.';
        int whole = digits(source, start, 10);
        int end = fractionAllowed ? floatEnd(source, whole) : whole;
        return end > whole ? new NumberToken(end, true) : new NumberToken(integerEnd(source, start), false);
    }

    /** The end of the digits, with single underscores between them. */
    private static int digits(String source, int start, int radix) {
        int at = start;
        while (at < source.length() && (isDigit(source, at, radix) || isJoint(source, start, at, radix))) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(String source, int at, int radix) {
        char character = at < source.length() ? source.charAt(at) : ' ';
        return character < 128 && Character.digit(character, radix) >= 0;
    }

    private static boolean isJoint(String source, int start, int at, int radix) {
        return source.charAt(at) == '_'
                && at > start
                && isDigit(source, at - 1, radix)
                && isDigit(source, at + 1, radix);
    }

    private static int floatEnd(String source, int whole) {
        int end = whole;
        if (source.startsWith(".", end) && isDigit(source, end + 1, 10)) {
            end = digits(source, end + 1, 10);
        }
        if (end < source.length() && (source.charAt(end) == 'e' || source.charAt(end) == 'E')) {
            int sign = end + 1 < source.length() && "+-".indexOf(source.charAt(end + 1)) >= 0 ? 1 : 0;
            int exponent = digits(source, end + 1 + sign, 10);
            end = exponent > end + 1 + sign ? exponent : end;
        }
        return end;
    }

    private static int integerEnd(String source, int start) {
        int radix = radix(source, start);
        if (radix != 10) {
            int from = start + 2 + (source.startsWith("_", start + 2) ? 1 : 0);
            int end = digits(source, from, radix);
            return end > from ? end : start + 1;
        }
        int end = digits(source, start, 10);
        return source.charAt(start) == '0' ? zeros(source, start, end) : end;
    }

    private static int zeros(String source, int start, int end) {
        int at = start;
        while (at < end && (source.charAt(at) == '0' || (source.charAt(at) == '_' && source.charAt(at + 1) == '0'))) {
            at++;
        }
        return at;
    }

    private static int radix(String source, int start) {
        char mark = source.charAt(start) == '0' && start + 1 < source.length() ? source.charAt(start + 1) : ' ';
        return switch (Character.toLowerCase(mark)) {
            case 'x' -> 16;
            case 'o' -> 8;
            case 'b' -> 2;
            default -> 10;
        };
    }

    /** The value of an integer as it is written. */
    static long valueOf(String text, int line) {
        String digits = text.replace("_", "");
        int radix = radix(digits, 0);
        try {
            return Long.parseLong(radix == 10 ? digits : digits.substring(2), radix);
        } catch (NumberFormatException beyond) {
            throw JinjaException.at(
                    line, "the number " + text.substring(0, Math.min(40, text.length())) + " does not fit in 64 bits");
        }
    }
}
