package dev.graft.runtime.generate.chat.jinja.format;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** The time in the words of Python's {@code strftime}, in English. */
public final class TimeFormat {
    private TimeFormat() {}

    /** The time of the clock. */
    public static String format(String format, Clock clock) {
        ZonedDateTime now = ZonedDateTime.now(clock);
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < format.length(); at++) {
            char character = format.charAt(at);
            if (character != '%' || at + 1 == format.length()) {
                text.append(character);
            } else {
                char directive = format.charAt(++at);
                boolean unpadded = directive == '-' && at + 1 < format.length();
                text.append(unpadded ? unpadded(format.charAt(++at), now) : directive(directive, now));
            }
        }
        return text.toString();
    }

    private static String unpadded(char directive, ZonedDateTime now) {
        String text = directive(directive, now);
        return text.length() > 1 && text.startsWith("0") ? text.substring(1) : text;
    }

    private static String directive(char directive, ZonedDateTime now) {
        String pattern = pattern(directive);
        return pattern.isEmpty()
                ? other(directive, now)
                : DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
    }

    private static String pattern(char directive) {
        return switch (directive) {
            case 'Y' -> "uuuu";
            case 'y' -> "uu";
            case 'm' -> "MM";
            case 'd' -> "dd";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'M' -> "mm";
            case 'S' -> "ss";
            case 'j' -> "DDD";
            case 'F' -> "uuuu-MM-dd";
            case 'T', 'X' -> "HH:mm:ss";
            case 'D', 'x' -> "MM/dd/uu";
            case 'R' -> "HH:mm";
            default -> "";
        };
    }

    private static String other(char directive, ZonedDateTime now) {
        return switch (directive) {
            case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> now.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'e' -> String.format("%2d", now.getDayOfMonth());
            case 'f' -> String.format("%06d", now.get(ChronoField.MICRO_OF_SECOND));
            case 'u' -> String.valueOf(now.getDayOfWeek().getValue());
            case 'w' -> String.valueOf(now.getDayOfWeek().getValue() % 7);
            case 's' -> String.valueOf(now.toEpochSecond());
            case 'c' -> format("%a %b %e %H:%M:%S %Y", Clock.fixed(now.toInstant(), now.getZone()));
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> "%" + directive;
        };
    }
}
