package dev.graft.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;

/** Splits the words of one command into arguments and options and checks them against its description. */
final class ArgumentParser {
    private final CommandDescription description;

    ArgumentParser(CommandDescription description) {
        this.description = description;
    }

    /**
     * Parses and checks.
     *
     * @throws dev.graft.error.GraftException {@code USAGE} with the word that is wrong and the one that may be meant
     */
    ParsedWords parse(List<String> words) {
        CommandLine line = split(words);
        Map<String, List<String>> options = new LinkedHashMap<>();
        for (OptionDescription option : description.allOptions()) {
            collect(option, line, options);
        }
        return new ParsedWords(assign(line.getArgList()), options);
    }

    private CommandLine split(List<String> words) {
        try {
            return DefaultParser.builder()
                    .setAllowPartialMatching(false)
                    .setStripLeadingAndTrailingQuotes(false)
                    .get()
                    .parse(options(), words.toArray(String[]::new));
        } catch (UnrecognizedOptionException e) {
            throw unknownOption(e.getOption());
        } catch (MissingArgumentException e) {
            throw usage("option --" + e.getOption().getLongOpt() + " needs a value");
        } catch (ParseException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private Options options() {
        Options options = new Options();
        for (OptionDescription option : description.allOptions()) {
            options.addOption(Option.builder(option.shortName())
                    .longOpt(option.name())
                    .hasArg(option.value() != null)
                    .get());
        }
        return options;
    }

    private RuntimeException unknownOption(String word) {
        int equals = word.indexOf('=');
        String given = equals < 0 ? word : word.substring(0, equals);
        List<String> known = description.allOptions().stream()
                .map(option -> "--" + option.name())
                .toList();
        String dashed = given.startsWith("--") ? given : "-" + given;
        return usage("unknown option '" + given + "'" + Suggestions.didYouMean(dashed, known));
    }

    private void collect(OptionDescription option, CommandLine line, Map<String, List<String>> into) {
        if (!line.hasOption(option.name())) {
            if (option.required()) {
                throw usage("option " + option.usage() + " is missing");
            }
            return;
        }
        String[] given = line.getOptionValues(option.name());
        List<String> values = given == null ? List.of() : List.of(given);
        if (values.size() > 1 && !option.repeatable()) {
            throw usage("option --" + option.name() + " is given " + values.size() + " times, expected once");
        }
        values.forEach(value -> checkWord("value of --" + option.name(), value, option.values()));
        into.put(option.name(), values);
    }

    private Map<String, List<String>> assign(List<String> words) {
        Map<String, List<String>> assigned = new LinkedHashMap<>();
        int next = 0;
        for (Argument argument : description.arguments()) {
            List<String> values = new ArrayList<>();
            while (next < words.size() && values.size() < argument.maximum()) {
                String word = words.get(next++);
                checkWord(argument.name(), word, argument.values());
                values.add(word);
            }
            if (values.size() < argument.minimum()) {
                throw usage(argument.name() + " is missing: " + argument.description());
            }
            assigned.put(argument.name(), values);
        }
        if (next < words.size()) {
            throw usage("unexpected word '" + words.get(next) + "'");
        }
        return assigned;
    }

    private void checkWord(String what, String word, List<String> allowed) {
        if (!allowed.isEmpty() && !allowed.contains(word)) {
            throw usage(what + ": expected " + String.join(" or ", allowed) + ", got '" + word + "'"
                    + Suggestions.didYouMean(word, allowed));
        }
    }

    private RuntimeException usage(String message) {
        return UsageError.of(description.name(), message);
    }
}
