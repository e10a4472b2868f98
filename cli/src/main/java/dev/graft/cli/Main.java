package dev.graft.cli;

import java.io.PrintStream;

/** The {@code graft} command. */
public final class Main {
    private static final int DONE = 0;
    private static final int USAGE = 2;

    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    static int run(String[] arguments, PrintStream results, PrintStream messages) {
        String word = arguments.length == 0 ? "--help" : arguments[0];
        switch (word) {
            case "--version" -> results.println("graft " + Version.current());
            case "--help", "-h" -> results.println("usage: graft <command> [options]");
            default -> {
                messages.println("graft: unknown command '" + word + "'; see graft --help");
                return USAGE;
            }
        }
        return DONE;
    }
}
