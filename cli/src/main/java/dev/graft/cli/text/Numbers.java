package dev.graft.cli.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them; always with a point, whatever the locale. */
public final class Numbers {
    private Numbers() {}

    /** A size in decimal units: {@code 1.2 GB}. */
    public static String bytes(long bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : format(value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    /** A count in thousands, millions or billions: {@code 1.2 M}. */
    public static String count(long count) {
        if (count < 10_000) {
            return Long.toString(count);
        }
        if (count < 1_000_000) {
            return format("%.0f k", count / 1e3);
        }
        return count < 1_000_000_000 ? format("%.1f M", count / 1e6) : format("%.2f G", count / 1e9);
    }

    /** A number with three digits that count: {@code 0.25}, {@code 1.23e-07}; {@code -} for one that is not. */
    public static String significant(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        if (value == 0 || Double.isInfinite(value)) {
            return value == 0 ? "0" : value > 0 ? "inf" : "-inf";
        }
        double magnitude = Math.abs(value);
        if (magnitude >= 1e5 || magnitude < 1e-3) {
            return format("%.2e", value);
        }
        if (value == Math.rint(value)) {
            return Long.toString((long) value);
        }
        return new BigDecimal(value)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** A fraction in percent; nothing that is neither none nor all is shown as 0 % or 100 %. */
    public static String percent(double fraction) {
        if (Double.isNaN(fraction)) {
            return "-";
        }
        if (fraction == 0 || fraction == 1) {
            return fraction == 0 ? "0 %" : "100 %";
        }
        if (fraction < 0.0005) {
            return "< 0.1 %";
        }
        return fraction > 0.9995 ? "> 99.9 %" : format("%.1f %%", fraction * 100);
    }

    /** A duration: {@code 320 ms}, {@code 4.1 s}. */
    public static String seconds(double seconds) {
        if (seconds == 0) {
            return "0 s";
        }
        if (seconds < 0.001) {
            return format("%.0f us", seconds * 1e6);
        }
        if (seconds < 1) {
            return format(seconds < 0.01 ? "%.2f ms" : "%.0f ms", seconds * 1e3);
        }
        return seconds < 100 ? format("%.1f s", seconds) : format("%.0f s", seconds);
    }

    /** A ratio with two decimals: {@code 1.00}. */
    public static String ratio(double ratio) {
        return Double.isFinite(ratio) ? format("%.2f", ratio) : "-";
    }

    /** One thing or several: {@code 1 target}, {@code 2 targets}. */
    public static String plural(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
