package dev.graft.runtime.generate.chat.jinja.format;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is behind the colon of a field: fill, alignment, sign, width, grouping, precision and kind. */
record FieldSpec(String fill, String align, String sign, int width, String grouping, int precision, String kind) {
    /** Steps of reading one. */
    private static final int SPEC_STEPS = 10;

    private static final Pattern SPEC = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(0)?([0-9]{0,6})([,_])?(?:\\.([0-9]{1,6}))?([a-zA-Z%])?", Pattern.DOTALL);

    private static FieldSpec of(String written) {
        Matcher spec = SPEC.matcher(written);
        if (!spec.matches()) {
            throw JinjaException.of(
                    "the format '" + written.substring(0, Math.min(40, written.length())) + "' is not supported");
        }
        boolean zero = spec.group(4) != null;
        String width = group(spec, 5, "");
        return new FieldSpec(
                group(spec, 1, zero ? "0" : " "),
                group(spec, 2, zero ? "=" : ""),
                group(spec, 3, "-"),
                width.isEmpty() ? 0 : Integer.parseInt(width),
                group(spec, 6, ""),
                Integer.parseInt(group(spec, 7, "-1")),
                group(spec, 8, ""));
    }

    private static String group(Matcher spec, int number, String otherwise) {
        String group = spec.group(number);
        return group == null ? otherwise : group;
    }

    static String format(Run run, Object value, String written) {
        if (written.isEmpty()) {
            return Repr.text(run, value);
        }
        run.charge(SPEC_STEPS);
        FieldSpec spec = of(written);
        run.chargeText((long) spec.width + Math.max(0, spec.precision));
        return value instanceof Long || value instanceof Double ? spec.number(run, value) : spec.text(run, value);
    }

    private String text(Run run, Object value) {
        boolean plain = value instanceof String || value instanceof Boolean;
        if (!plain || !(kind.isEmpty() || kind.equals("s")) || align.equals("=")) {
            throw JinjaException.of("unsupported format for a " + Types.name(value));
        }
        return aligned("", Characters.first(Repr.text(run, value), precision), "<");
    }

    private String number(Run run, Object value) {
        String letter = kind.isEmpty() ? (value instanceof Long ? "d" : precision < 0 ? "r" : "g") : kind;
        boolean whole = "dxXob".contains(letter);
        if (!"dxXobeEfFgG%r".contains(letter) || (whole && !(value instanceof Long))) {
            throw JinjaException.of(
                    "Unknown format code '" + letter + "' for object of type '" + Types.name(value) + "'");
        }
        boolean negative = NumberFormat.isNegative(value);
        String digits = letter.equals("r")
                ? Repr.of(run, Math.abs(Types.real(value)))
                : NumberFormat.unsigned(run, letter.charAt(0), value, precision);
        return aligned(negative ? "-" : sign.equals("-") ? "" : sign, grouped(digits), ">");
    }

    private String grouped(String digits) {
        if (grouping.isEmpty()) {
            return digits;
        }
        int end = 0;
        while (end < digits.length() && Character.isDigit(digits.charAt(end))) {
            end++;
        }
        StringBuilder grouped = new StringBuilder(digits);
        for (int at = end - 3; at > 0; at -= 3) {
            grouped.insert(at, grouping);
        }
        return grouped.toString();
    }

    private String aligned(String signed, String text, String otherwise) {
        String whole = signed + text;
        int missing = Math.max(0, width - Characters.length(whole));
        return switch (align.isEmpty() ? otherwise : align) {
            case "<" -> whole + fill.repeat(missing);
            case "^" -> fill.repeat(missing / 2) + whole + fill.repeat(missing - missing / 2);
            case "=" -> signed + fill.repeat(missing) + text;
            default -> fill.repeat(missing) + whole;
        };
    }
}
