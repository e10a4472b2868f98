package dev.graft.cli.command;

import dev.graft.cli.text.Printable;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.Progress;
import java.io.PrintStream;
import java.util.List;

/**
 * Where a command prints: results on one stream, everything else on the other.
 *
 * <p>Names in files are hostile: control characters are made visible before anything is printed, so that no file can move
 * the cursor or colour the terminal.
 */
public final class Console {
    private static final int DEFAULT_WIDTH = 100;

    private final PrintStream results;
    private final PrintStream messages;
    private final Terminal terminal;
    private final boolean json;
    private final boolean quiet;
    private boolean statusShown;

    /**
     * A console.
     *
     * @param results stdout
     * @param messages stderr
     */
    public Console(PrintStream results, PrintStream messages, Terminal terminal, boolean json, boolean quiet) {
        this.results = results;
        this.messages = messages;
        this.terminal = terminal;
        this.json = json;
        this.quiet = quiet;
    }

    /** Whether the result must be one JSON document. */
    public boolean json() {
        return json;
    }

    /** Columns for text that is wrapped: the terminal's, or enough for a wide table where there is no terminal. */
    public int width() {
        return terminal.columns() > 0 ? terminal.columns() : DEFAULT_WIDTH;
    }

    /** Columns for tables: the terminal's, or 0 for no limit where there is none. */
    public int tableWidth() {
        return terminal.columns();
    }

    /** Prints a part of the result. */
    public void result(String text) {
        results.print(Printable.of(text));
        if (!text.endsWith("\n")) {
            results.print("\n");
        }
    }

    /** Prints a part of the result as it is, at once, for text that comes bit by bit. */
    public void resultPiece(String text) {
        results.print(Printable.of(text));
        requireWritten(results);
    }

    /**
     * Flushes what was printed; a stream of Java's swallows what goes wrong.
     *
     * @throws GraftException {@code IO_FAILED} where it did not arrive: the disk is full, or the reader of a pipe is gone
     */
    static void requireWritten(PrintStream results) {
        if (results.checkError()) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot write the result to standard output",
                    Location.NONE,
                    "Check the disk's free space, or the program that reads it.");
        }
    }

    /** Asks for a line, on a terminal. */
    public void prompt(String text) {
        if (!quiet && terminal.interactive()) {
            messages.print(text);
            messages.flush();
        }
    }

    /** Prints a record as a JSON document; only for {@code --json}. */
    public void resultAsJson(Object value) {
        results.println(Json.write(value));
    }

    /** Prints a record as a JSON document in one line, for programs that read line by line. */
    public void resultAsJsonLine(Object value) {
        results.println(Json.writeLine(value));
        requireWritten(results);
    }

    /** Says something on the way, unless {@code --quiet}. */
    public void note(String text) {
        if (!quiet) {
            if (statusShown) {
                status("");
            }
            messages.println(Printable.of(text));
        }
    }

    /** Shows a line that the next one, of whatever kind, takes the place of; on a terminal only. */
    public void status(String text) {
        if (!quiet && terminal.interactive()) {
            String line = Printable.of(text);
            messages.print("\r\u001b[K" + line.substring(0, Math.min(line.length(), width() - 1)));
            messages.flush();
            statusShown = !line.isEmpty();
        }
    }

    /** Says what a person should know, unless {@code --quiet}. */
    public void warn(String text) {
        note("warning: " + text);
    }

    /** Runs another command's words here; with {@code --json}, where stdout belongs to one document, its result goes to stderr. */
    public int run(List<Command> commands, List<String> words) {
        return new CommandRunner(commands, () -> "", json ? messages : results, messages, terminal).run(words);
    }

    /** Shows how far long work has come: a bar on a terminal, plain lines elsewhere, nothing with {@code --quiet}. */
    public Progress progress() {
        if (quiet) {
            return Progress.NONE;
        }
        return terminal.interactive() ? new BarProgress(messages, width()) : new PlainProgress(messages);
    }
}
