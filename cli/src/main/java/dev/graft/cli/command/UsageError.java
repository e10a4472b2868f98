package dev.graft.cli.command;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;

/** Makes errors about the command line itself. */
public final class UsageError {
    private UsageError() {}

    /** An error in the words of a command, whose help page is the remedy. */
    public static GraftException of(String command, String message) {
        return new GraftException(
                ErrorCode.USAGE,
                message,
                Location.NONE,
                "graft " + command + " --help shows its words and an example.");
    }

    /** An error in the words before or instead of a command. */
    public static GraftException ofGraft(String message) {
        return new GraftException(ErrorCode.USAGE, message, Location.NONE, "graft --help lists the commands.");
    }
}
