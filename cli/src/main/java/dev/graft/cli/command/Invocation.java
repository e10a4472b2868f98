package dev.graft.cli.command;

import dev.graft.error.MissingFile;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One call of a command: its words, and where it prints. */
public final class Invocation {
    private final CommandDescription description;
    private final ParsedWords words;
    private final Console console;

    Invocation(CommandDescription description, ParsedWords words, Console console) {
        this.description = description;
        this.words = words;
        this.console = console;
    }

    /** Where it prints. */
    public Console console() {
        return console;
    }

    /** The values of an argument. */
    public List<String> arguments(String name) {
        List<String> values = words.arguments().get(name);
        if (values == null) {
            throw new IllegalArgumentException(description.name() + " has no argument " + name);
        }
        return values;
    }

    /** The one value of an argument that must be given. */
    public String argument(String name) {
        return arguments(name).get(0);
    }

    /** The path in an argument that must be given. */
    public Path path(String name) {
        return toPath(argument(name));
    }

    /** Whether an option was given. */
    public boolean has(String option) {
        checkDescribed(option);
        return words.options().containsKey(option);
    }

    /** The values of an option that may be repeated. */
    public List<String> options(String option) {
        checkDescribed(option);
        return words.options().getOrDefault(option, List.of());
    }

    /** The value of an option, if given. */
    public Optional<String> option(String option) {
        return options(option).stream().findFirst();
    }

    /** The path in an option, if given. */
    public Optional<Path> pathOption(String option) {
        return option(option).map(this::toPath);
    }

    /**
     * The path in an option, if given, of something that is there: also where it will not be read in the end.
     *
     * @throws dev.graft.error.GraftException {@code FILE_NOT_FOUND}
     */
    public Optional<Path> existingPathOption(String option) {
        Optional<Path> path = pathOption(option);
        path.filter(file -> !Files.exists(file)).ifPresent(file -> {
            throw MissingFile.at(file);
        });
        return path;
    }

    /** A whole number in an option, within bounds, or what counts when it is not given. */
    public int intOption(String option, int otherwise, int minimum, int maximum) {
        return option(option)
                .map(text -> (int) number(option, text, minimum, maximum, true))
                .orElse(otherwise);
    }

    /** A number in an option, within bounds, or what counts when it is not given. */
    public double doubleOption(String option, double otherwise, double minimum, double maximum) {
        return option(option)
                .map(text -> number(option, text, minimum, maximum, false))
                .orElse(otherwise);
    }

    /** An error about this command's words. */
    public RuntimeException usageError(String message) {
        return UsageError.of(description.name(), message);
    }

    /** A word as a path. */
    public Path toPath(String word) {
        try {
            return Path.of(word);
        } catch (InvalidPathException e) {
            throw usageError("'" + word + "' is not a path: " + e.getReason());
        }
    }

    private double number(String option, String text, double minimum, double maximum, boolean whole) {
        double value;
        try {
            value = whole ? Integer.parseInt(text) : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (!(value >= minimum && value <= maximum)) {
            String kind = whole ? "a whole number" : "a number";
            throw usageError(
                    "--" + option + ": expected " + kind + bounds(minimum, maximum, whole) + ", got '" + text + "'");
        }
        return value;
    }

    private static String bounds(double minimum, double maximum, boolean whole) {
        String low = whole ? Long.toString((long) minimum) : Double.toString(minimum);
        String high = whole ? Long.toString((long) maximum) : Double.toString(maximum);
        return maximum >= Integer.MAX_VALUE ? " of at least " + low : " from " + low + " to " + high;
    }

    private void checkDescribed(String option) {
        if (description.allOptions().stream().noneMatch(known -> known.name().equals(option))) {
            throw new IllegalArgumentException(description.name() + " has no option --" + option);
        }
    }
}
