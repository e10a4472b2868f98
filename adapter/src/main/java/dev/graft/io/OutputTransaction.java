package dev.graft.io;

import java.nio.file.Path;

/**
 * Several files that appear together or not at all; the main file appears last.
 *
 * <p>Files are written in a temporary folder beside the main file (same file system), fsynced, and moved into place by atomic renames when {@link
 * #commit} is called. A process that dies before leaves the destination as it was; one that dies within leaves a journal with which the
 * next transaction on the same main file rolls back. Two processes cannot write the same output at once.
 */
public interface OutputTransaction extends AutoCloseable {
    /** Where to write the file that will appear at {@code destination}, which must lie in the main file's folder. */
    Path stage(Path destination);

    /** Makes all staged files durable and moves them into place, the main file last. */
    void commit();

    /** Removes what was not committed. */
    @Override
    void close();
}
