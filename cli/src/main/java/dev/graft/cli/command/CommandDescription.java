package dev.graft.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a command is: the one source for parsing its words and for its help page.
 *
 * @param name the word behind {@code graft}
 * @param summary one line
 * @param details a paragraph on what it does and what it leaves alone
 * @param arguments words without an option in front, in order; only the last may be given several times
 * @param options its options, without the ones that every command has
 * @param examples commands that a person can copy, with what each does
 */
public record CommandDescription(
        String name,
        String summary,
        String details,
        List<Argument> arguments,
        List<OptionDescription> options,
        List<Example> examples) {
    /** The options of every command. */
    static final List<OptionDescription> COMMON = List.of(
            OptionDescription.flag("json", "print the result (and an error) as one JSON document on stdout"),
            OptionDescription.flag("quiet", "print no progress, notes and warnings"),
            OptionDescription.flag("debug", "print the stack trace of an error"),
            OptionDescription.flag("help", "print this page").shortName("h"));

    public CommandDescription {
        arguments = List.copyOf(arguments);
        options = List.copyOf(options);
        examples = List.copyOf(examples);
    }

    /**
     * A command line to copy.
     *
     * @param purpose what it does, a few words
     * @param line the command line
     */
    public record Example(String purpose, String line) {}

    /** Starts a description. */
    public static Builder command(String name, String summary) {
        return new Builder(name, summary);
    }

    /** Its own options and those of every command. */
    List<OptionDescription> allOptions() {
        return Stream.concat(options.stream(), COMMON.stream()).toList();
    }

    /** {@code graft merge BASE ADAPTER... -o FILE [options]}. */
    String usage() {
        String words = arguments.stream().map(Argument::usage).collect(Collectors.joining(" "));
        String mandatory = options.stream()
                .filter(OptionDescription::required)
                .map(OptionDescription::shortUsage)
                .collect(Collectors.joining(" "));
        return Stream.of("graft " + name, words, mandatory, "[options]")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
    }

    /** Collects a description. */
    public static final class Builder {
        private final String name;
        private final String summary;
        private String details = "";
        private final List<Argument> arguments = new ArrayList<>();
        private final List<OptionDescription> options = new ArrayList<>();
        private final List<Example> examples = new ArrayList<>();

        private Builder(String name, String summary) {
            this.name = name;
            this.summary = summary;
        }

        /** What it does and what it leaves alone. */
        public Builder details(String text) {
            details = text.strip();
            return this;
        }

        /** The next arguments. */
        public Builder arguments(Argument... next) {
            arguments.addAll(List.of(next));
            return this;
        }

        /** More options. */
        public Builder options(OptionDescription... next) {
            options.addAll(List.of(next));
            return this;
        }

        /** More options, shared by several commands. */
        public Builder options(List<OptionDescription> next) {
            options.addAll(next);
            return this;
        }

        /** A command line to copy. */
        public Builder example(String purpose, String line) {
            examples.add(new Example(purpose, line));
            return this;
        }

        /** The description. */
        public CommandDescription build() {
            return new CommandDescription(name, summary, details, arguments, options, examples);
        }
    }
}
