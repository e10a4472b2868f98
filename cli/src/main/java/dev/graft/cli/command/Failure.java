package dev.graft.cli.command;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Says for anything that a command throws what is wrong and what to do, in Graft's own words. */
final class Failure {
    private Failure() {}

    /** The error as one of ours; one that is ours already is kept. */
    static GraftException of(Throwable thrown) {
        if (thrown instanceof GraftException known) {
            return known;
        }
        if (thrown instanceof OutOfMemoryError) {
            return new GraftException(
                    ErrorCode.DEVICE_UNAVAILABLE,
                    "Java's memory is not enough: " + Runtime.getRuntime().maxMemory() / 1_000_000 + " MB of heap",
                    Location.NONE,
                    "Give it more with GRAFT_OPTS=-Xmx4g, or free memory on the machine.",
                    thrown);
        }
        if (thrown instanceof UncheckedIOException unchecked) {
            return new GraftException(
                    ErrorCode.IO_FAILED,
                    "reading or writing failed: "
                            + Objects.requireNonNull(unchecked.getCause()).getMessage(),
                    Location.NONE,
                    "Check the disk's free space and the permissions of the files involved.",
                    thrown);
        }
        if (thrown instanceof UnsatisfiedLinkError) {
            return new GraftException(
                    ErrorCode.DEVICE_UNAVAILABLE,
                    "a native library cannot be loaded: " + thrown.getMessage(),
                    Location.NONE,
                    "ONNX Runtime needs 64-bit Linux with glibc 2.28, macOS on ARM, or Windows.",
                    thrown);
        }
        return bug(thrown);
    }

    private static GraftException bug(Throwable thrown) {
        String what = thrown instanceof StackOverflowError
                ? "an input is nested deeper than Graft can follow"
                : thrown.getClass().getSimpleName() + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage());
        return new GraftException(
                ErrorCode.INTERNAL,
                "this is a bug of Graft's, not of your files: " + what,
                Location.NONE,
                "Run the command again with --debug and report what it prints.",
                thrown);
    }
}
