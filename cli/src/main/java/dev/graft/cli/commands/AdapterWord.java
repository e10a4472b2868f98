package dev.graft.cli.commands;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
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
     * @throws GraftException {@code USAGE} if something else than a number follows the {@code @} behind an existing path
     */
    public static AdapterWord parse(String word, Function<String, Path> toPath) {
        Path whole = toPath.apply(word);
        int at = word.lastIndexOf('@');
        if (at <= 0 || Files.exists(whole)) {
            return new AdapterWord(whole, 1);
        }
        Path path = toPath.apply(word.substring(0, at));
        double weight = numberOrNan(word.substring(at + 1));
        if (Double.isFinite(weight)) {
            return new AdapterWord(path, weight);
        }
        if (Files.exists(path)) {
            throw notAWeight(path, word.substring(at + 1));
        }
        return new AdapterWord(whole, 1);
    }

    private static GraftException notAWeight(Path path, String got) {
        return new GraftException(
                ErrorCode.USAGE,
                "expected a number behind @, got '" + got + "'",
                Location.ofFile(path),
                "Write " + path + "@0.5 for half of the adapter, or leave @ and what follows out.");
    }

    private static double numberOrNan(String text) {
        try {
            return text.matches("[-+0-9.eE]+") ? Double.parseDouble(text) : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN; // such as "1e": part of the path
        }
    }
}
