package dev.graft.io;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The outputs that a process is writing, until it gives them all up.
 *
 * <p>Opening one makes folders and files, and a process that ends does not wait for the thread that does. So nothing is opened while all are given up, and nothing afterwards.
 */
final class OpenOutputs {
    static final OpenOutputs OF_THIS_PROCESS = new OpenOutputs();

    private final Set<OutputTransaction> open = new HashSet<>();
    private boolean givenUp;

    private OpenOutputs() {}

    /** Opens one, all of it or nothing. */
    synchronized OutputTransaction open(Path main, Supplier<OutputTransaction> opening) {
        if (givenUp) {
            throw givenUp(main);
        }
        OutputTransaction opened = opening.get();
        open.add(opened);
        return opened;
    }

    synchronized void remove(OutputTransaction closed) {
        open.remove(closed);
    }

    /** Closes all of them, for good. */
    void giveUp() {
        // each one waits for its commit, which must not wait for this
        all().forEach(OutputTransaction::close);
    }

    private synchronized List<OutputTransaction> all() {
        givenUp = true;
        return List.copyOf(open);
    }

    static GraftException givenUp(Path main) {
        return new GraftException(
                ErrorCode.IO_FAILED, "the output was given up", Location.ofFile(main), "Run the command again.");
    }
}
