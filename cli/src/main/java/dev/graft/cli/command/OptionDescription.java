package dev.graft.cli.command;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option of a command.
 *
 * @param name its long name without dashes
 * @param shortName its one-letter name, or null
 * @param value what its value stands for, in capitals, or null for a switch
 * @param description one line for the help page
 * @param values the words that the value may be; empty where anything goes
 * @param required whether the command fails without it
 * @param repeatable whether it may be given more than once
 */
public record OptionDescription(
        String name,
        @Nullable String shortName,
        @Nullable String value,
        String description,
        List<String> values,
        boolean required,
        boolean repeatable) {
    public OptionDescription {
        values = List.copyOf(values);
    }

    /** A switch. */
    public static OptionDescription flag(String name, String description) {
        return new OptionDescription(name, null, null, description, List.of(), false, false);
    }

    /** An option with a value. */
    public static OptionDescription valued(String name, String value, String description) {
        return new OptionDescription(name, null, value, description, List.of(), false, false);
    }

    /** An option whose value is one of a few words. */
    public static OptionDescription oneOf(String name, String description, String... values) {
        return new OptionDescription(name, null, String.join("|", values), description, List.of(values), false, false);
    }

    /** The same with a one-letter name. */
    public OptionDescription shortName(String letter) {
        return new OptionDescription(name, letter, value, description, values, required, repeatable);
    }

    /** The same, but the command fails without it. */
    public OptionDescription mandatory() {
        return new OptionDescription(name, shortName, value, description, values, true, repeatable);
    }

    /** The same, but it may be given several times. */
    public OptionDescription repeated() {
        return new OptionDescription(name, shortName, value, description, values, required, true);
    }

    /** As it stands in the table of options: {@code -o, --output FILE}. */
    String usage() {
        String names = shortName == null ? "--" + name : "-" + shortName + ", --" + name;
        return value == null ? names : names + " " + value;
    }

    /** The shortest way to write it in a usage line: {@code -o FILE}. */
    String shortUsage() {
        String word = shortName == null ? "--" + name : "-" + shortName;
        return value == null ? word : word + " " + value;
    }
}
