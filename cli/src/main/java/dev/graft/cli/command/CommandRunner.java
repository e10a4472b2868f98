package dev.graft.cli.command;

import dev.graft.cli.text.Printable;
import dev.graft.error.GraftException;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;

/** Finds the command that the words name, runs it, and turns whatever it throws into a message and an exit code. */
public final class CommandRunner {
    private static final int DONE = 0;

    private final List<Command> commands;
    private final Supplier<String> version;
    private final PrintStream results;
    private final PrintStream messages;
    private final Terminal terminal;

    /** A runner that prints results to one stream and everything else to the other. */
    public CommandRunner(
            List<Command> commands,
            Supplier<String> version,
            PrintStream results,
            PrintStream messages,
            Terminal terminal) {
        this.commands = List.copyOf(commands);
        this.version = version;
        this.results = results;
        this.messages = messages;
        this.terminal = terminal;
    }

    /** Runs the words behind {@code graft} and gives the process exit code; throws nothing. */
    public int run(List<String> words) {
        try {
            return written(dispatch(words));
        } catch (Throwable thrown) { // everything: the process must end with a message and a code, whatever happens
            return fail(words, thrown);
        } finally {
            results.flush();
            messages.flush();
        }
    }

    /** A result that did not arrive is no success. */
    private int written(int exitCode) {
        if (exitCode == DONE) {
            Console.requireWritten(results);
        }
        return exitCode;
    }

    private int dispatch(List<String> words) {
        String first = words.isEmpty() ? "--help" : words.get(0);
        if (first.equals("--version") || first.equals("-V")) {
            results.println("graft " + version.get());
            return DONE;
        }
        if (isHelp(first) || first.equals("help")) {
            return words.size() > 1 && !words.get(1).startsWith("-") ? help(find(words.get(1))) : helpOnAll();
        }
        Command command = find(first);
        List<String> rest = words.subList(1, words.size());
        return rest.stream().anyMatch(CommandRunner::isHelp) ? help(command) : start(command, rest);
    }

    private int start(Command command, List<String> words) {
        CommandDescription description = command.description();
        ParsedWords parsed = new ArgumentParser(description).parse(words);
        boolean json = parsed.options().containsKey("json");
        boolean quiet = parsed.options().containsKey("quiet");
        Console console = new Console(results, messages, terminal, json, quiet);
        return command.run(new Invocation(description, parsed, console));
    }

    private Command find(String word) {
        List<String> names =
                commands.stream().map(command -> command.description().name()).toList();
        return commands.stream()
                .filter(command -> command.description().name().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        UsageError.ofGraft("unknown command '" + word + "'" + Suggestions.didYouMean(word, names)));
    }

    private int helpOnAll() {
        List<CommandDescription> all =
                commands.stream().map(Command::description).toList();
        results.print(HelpPage.ofAll(all, helpWidth()));
        return DONE;
    }

    private int help(Command command) {
        results.print(HelpPage.of(command.description(), helpWidth()));
        return DONE;
    }

    private int helpWidth() {
        return new Console(results, messages, terminal, false, false).width();
    }

    private int fail(List<String> words, Throwable thrown) {
        GraftException error = Failure.of(thrown);
        if (Interruption.isEnding()) {
            // a signal took its output away
            return error.code().category().exitCode();
        }
        messages.println("graft: " + Printable.of(error.describe()));
        if (words.contains("--debug")) {
            thrown.printStackTrace(messages);
        }
        if (words.contains("--json")) {
            results.println(Json.write(ErrorDocument.of(error)));
        }
        return error.code().category().exitCode();
    }

    private static boolean isHelp(String word) {
        return word.equals("--help") || word.equals("-h");
    }
}
