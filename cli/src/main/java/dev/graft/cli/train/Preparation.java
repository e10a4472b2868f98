package dev.graft.cli.train;

import dev.graft.cli.command.Console;

/**
 * The time in which data is read and the training graph built. There is nothing yet that Ctrl-C, or another friendly signal to end, could save: the process
 * ends at once, and says so.
 */
public final class Preparation implements AutoCloseable {
    private final Console console;
    private final Thread hook = new Thread(this::tell, "graft-not-begun");

    private Preparation(Console console) {
        this.console = console;
    }

    /** Begins; it is over when it is closed. */
    public static Preparation begin(Console console) {
        Preparation preparation = new Preparation(console);
        Runtime.getRuntime().addShutdownHook(preparation.hook);
        return preparation;
    }

    void tell() {
        if (console.json()) {
            console.resultAsJsonLine(new NotBegun("interrupted", 0));
        } else {
            console.result("stopped before the first step: nothing was written");
        }
        // nobody else will
        console.resultPiece("");
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the hook is running and the process ends with it: training must not begin beside it
            awaitEnd();
        }
    }

    private static void awaitEnd() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The JSON document, whose keys are those of a run that was stopped later. */
    record NotBegun(String stopped, long steps) {}
}
