package dev.graft.error;

import java.io.IOException;
import java.nio.file.Path;

/** The system refused to read or write a file: the same words and remedy wherever that happens. */
public final class FileFault {
    private FileFault() {}

    /** {@code IO_FAILED} for a file that is there and cannot be read. */
    public static GraftException unreadable(Path file, IOException cause) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "cannot read the file: " + cause.getMessage(),
                Location.ofFile(file),
                "Check that it is a regular file and that you may read it.",
                cause);
    }

    /** {@code IO_FAILED} for a file that cannot be written. */
    public static GraftException unwritable(Path file, IOException cause) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "cannot write the file: " + cause.getMessage(),
                Location.ofFile(file),
                "Check that the disk has space and that you may write there.",
                cause);
    }
}
