package dev.graft.training.run.checkpoint;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A checkpoint on disk.
 *
 * @param folder the folder
 * @param position where the run was
 */
public record Checkpoint(Path folder, Position position) implements Comparable<Checkpoint> {
    /** What the names of all checkpoints begin with. */
    static final String PREFIX = "checkpoint-";

    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,18})(?:-micro-(\\d{1,9}))?");

    /** The folder of a position, in a run's folder. */
    static Path folderOf(Path runFolder, Position position) {
        String micro = position.accumulated() == 0 ? "" : "-micro-" + position.accumulated();
        return runFolder.resolve(PREFIX + position.step() + micro);
    }

    /** The checkpoint that a folder is by its name, if it is one. */
    static Optional<Checkpoint> ofFolder(Path folder) {
        Matcher name = NAME.matcher(String.valueOf(folder.getFileName()));
        if (!name.matches()) {
            return Optional.empty();
        }
        int accumulated = name.group(2) == null ? 0 : Integer.parseInt(name.group(2));
        return Optional.of(new Checkpoint(folder, new Position(Long.parseLong(name.group(1)), accumulated)));
    }

    @Override
    public int compareTo(Checkpoint other) {
        return position.compareTo(other.position);
    }
}
