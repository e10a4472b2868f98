package dev.graft.cli.commands;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * {@code ADAPTER[@WEIGHT]} as written on the command line.
 *
 * @param path the adapter's file or folder
 * @param weight the factor on it; 1 where none is written
 */
public record AdapterWord(Path path, double weight) {
    /**
     * Splits a word. A path may hold an {@code @} itself: a path that exists as written is taken whole, and only a number
     * behind the last {@code @} is a weight.
     *
     * @param toPath makes a path, or an error that a person understands
     */
    public static AdapterWord parse(String word, Function<String, Path> toPath) {
        Path whole = toPath.apply(word);
        int at = word.lastIndexOf('@');
        if (at <= 0 || Files.exists(whole)) {
            return new AdapterWord(whole, 1);
        }
        double weight = numberOrNan(word.substring(at + 1));
        return Double.isFinite(weight)
                ? new AdapterWord(toPath.apply(word.substring(0, at)), weight)
                : new AdapterWord(whole, 1);
    }

    private static double numberOrNan(String text) {
        try {
            return text.matches("[-+0-9.eE]+") ? Double.parseDouble(text) : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN; // such as "1e": part of the path
        }
    }
}
