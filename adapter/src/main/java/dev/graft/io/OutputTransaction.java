package dev.graft.io;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Several files that appear together or not at all; the main file appears last.
 *
 * <p>Files are written in a temporary folder beside the main file (same file system), fsynced, and moved into place by atomic
 * renames when {@link #commit} is called. A process that dies before leaves the destination as it was; one that dies within
 * leaves a journal with which the next transaction on the same main file rolls back (the package's page goes through every
 * step). Two processes cannot write the same output at once. One thread works with a
 * transaction; another may give it up.
 */
public final class OutputTransaction implements AutoCloseable {
    private final Path main;
    private final Path root;
    private final boolean force;
    private final OutputLock lock;
    private final NewFolders folders;
    private final List<Path> destinations = new ArrayList<>();
    private boolean finished;
    private boolean closed;

    private OutputTransaction(Path main, boolean force, OutputLock lock, NewFolders folders) {
        this.main = main;
        this.root = Objects.requireNonNull(main.getParent());
        this.force = force;
        this.lock = lock;
        this.folders = folders;
    }

    /**
     * Begins to write an output, after cleaning up what a transaction that died has left.
     *
     * @param mainFile the file that appears last; its folder is created if need be
     * @param force whether existing files are replaced
     * @throws GraftException {@code OUTPUT_EXISTS}, {@code OUTPUT_BUSY} or {@code IO_FAILED}
     */
    public static OutputTransaction open(Path mainFile, boolean force) {
        Path main = mainFile.toAbsolutePath().normalize();
        if (main.getFileName() == null) {
            throw new GraftException(
                    ErrorCode.USAGE,
                    "the output is not a file name",
                    Location.ofFile(mainFile),
                    "Name a file to write.");
        }
        return OpenOutputs.OF_THIS_PROCESS.open(main, () -> create(main, force));
    }

    private static OutputTransaction create(Path main, boolean force) {
        Path root = Objects.requireNonNull(main.getParent());
        NewFolders folders = NewFolders.create(root);
        try {
            OutputLock lock = OutputLock.acquire(root.resolve(".graft-" + main.getFileName() + ".tmp"), main);
            OutputTransaction transaction = new OutputTransaction(main, force, lock, folders);
            transaction.begin();
            return transaction;
        } catch (RuntimeException | Error e) {
            folders.removeEmpty();
            throw e;
        }
    }

    private void begin() {
        try {
            CommitJournal.recover(lock.folder(), root);
            refuseExisting(main);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Closes every transaction of this process, for a process that a signal ends in the middle of its work. One that is just being
     * committed is finished first; the others can no longer be, and no further one begins.
     */
    public static void abandonAll() {
        OpenOutputs.OF_THIS_PROCESS.giveUp();
    }

    /**
     * Makes sure that the main file is none of the files that the work reads; also by another name or a hard link.
     *
     * @throws GraftException {@code OUTPUT_IS_INPUT}
     */
    public void refuseInputs(Path destination, Collection<Path> inputs) {
        refuse(place(destination), inputs);
    }

    /**
     * The same before there is a transaction, for inputs that are read before.
     *
     * @throws GraftException {@code OUTPUT_IS_INPUT}
     */
    public static void refuse(Path destination, Collection<Path> inputs) {
        for (Path input : inputs) {
            if (OutputFiles.isSameFile(destination, input)) {
                throw new GraftException(
                        ErrorCode.OUTPUT_IS_INPUT,
                        "the output would overwrite " + input + ", which is read to make it",
                        Location.ofFile(destination),
                        "Write to another folder: data files keep the names that the model refers to.");
            }
        }
    }

    /**
     * Where to write the file that will appear at {@code destination}; in the main file's folder or below it.
     *
     * @throws GraftException {@code OUTPUT_EXISTS}; {@code IO_FAILED} once it is closed
     */
    public synchronized Path stage(Path destination) {
        requireOpen();
        Path place = place(destination);
        refuseExisting(place);
        int index = destinations.indexOf(place);
        if (index < 0) {
            index = destinations.size();
            destinations.add(place);
        }
        return lock.folder().resolve(Integer.toString(index));
    }

    /**
     * Makes sure that so many bytes can be written.
     *
     * @throws GraftException {@code IO_FAILED} where the disk is known to have less space
     */
    public void requireSpace(long bytes) {
        try {
            FileStore store = Files.getFileStore(lock.folder());
            long usable = store.getUsableSpace();
            if (usable < bytes) {
                throw new GraftException(
                        ErrorCode.IO_FAILED,
                        "the output takes " + bytes + " bytes, the disk has " + usable + " left",
                        Location.ofFile(main),
                        "Free some space or write to another disk.");
            }
        } catch (IOException e) {
            throw OutputFiles.failed("find out the free space for", main, e);
        }
    }

    /**
     * Makes all staged files durable and moves them into place, the main file last. An error leaves what was there before.
     *
     * @throws GraftException {@code IO_FAILED}; {@code INTERNAL} if the main file was not staged
     */
    public synchronized void commit() {
        requireOpen();
        int mainIndex = destinations.indexOf(main);
        if (mainIndex < 0 || finished) {
            throw new GraftException(ErrorCode.INTERNAL, "commit without its main file", Location.ofFile(main), "");
        }
        for (int i = 0; i < destinations.size(); i++) {
            OutputFiles.fsync(lock.folder().resolve(Integer.toString(i)));
            refuseExisting(destinations.get(i));
        }
        if (destinations.size() == 1) {
            // one rename, which replaces what was there, needs no journal
            OutputFiles.move(lock.folder().resolve("0"), main);
            OutputFiles.fsyncFolder(root);
        } else {
            commitTogether(mainIndex);
        }
        finished = true;
    }

    private void requireOpen() {
        if (closed) {
            throw OpenOutputs.givenUp(main);
        }
    }

    private void commitTogether(int mainIndex) {
        CommitJournal journal = CommitJournal.of(lock.folder(), root, destinations, mainIndex);
        journal.write();
        try {
            journal.moveIntoPlace();
        } catch (GraftException e) {
            journal.finish();
            throw e;
        }
        journal.finish();
    }

    /** Removes what was not committed, also folders that were made for it, and lets others write. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            lock.close();
            if (!finished) {
                folders.removeEmpty();
            }
        } finally {
            // whoever gives all up waits for this one until here
            OpenOutputs.OF_THIS_PROCESS.remove(this);
        }
    }

    private Path place(Path destination) {
        Path place = destination.toAbsolutePath().normalize();
        if (!place.startsWith(root) || place.startsWith(lock.folder()) || place.equals(root)) {
            throw new GraftException(
                    ErrorCode.EXTERNAL_DATA_INVALID,
                    "a file of the output would lie outside the output's folder " + root,
                    Location.ofFile(place),
                    "The model's data files must lie in the model's own folder.");
        }
        return place;
    }

    private void refuseExisting(Path place) {
        boolean exists = Files.exists(place, LinkOption.NOFOLLOW_LINKS);
        if (exists && !force) {
            throw new GraftException(
                    ErrorCode.OUTPUT_EXISTS,
                    "the output exists already",
                    Location.ofFile(place),
                    "Choose another name, or replace it with --force.");
        }
        if (exists && Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            throw new GraftException(
                    ErrorCode.OUTPUT_EXISTS,
                    "the output is an existing folder",
                    Location.ofFile(place),
                    "Name a file; folders are never replaced.");
        }
        if (exists && !Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(place)) {
            throw new GraftException(
                    ErrorCode.OUTPUT_EXISTS,
                    "the output is a device, a pipe or a socket",
                    Location.ofFile(place),
                    "Name a file; only files are replaced.");
        }
    }
}
