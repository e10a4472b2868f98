package dev.graft.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The folders that were made so that an output has a place; where nothing comes of it, they go again. */
final class NewFolders {
    private final List<Path> deepestFirst;

    private NewFolders(List<Path> deepestFirst) {
        this.deepestFirst = deepestFirst;
    }

    /** Makes the folder and those above it that are missing. */
    static NewFolders create(Path folder) {
        List<Path> missing = new ArrayList<>();
        for (@Nullable Path path = folder; path != null && !Files.exists(path); path = path.getParent()) {
            missing.add(path);
        }
        OutputFiles.createFolders(folder);
        return new NewFolders(missing);
    }

    /** Removes those that hold nothing. */
    void removeEmpty() {
        try {
            for (Path folder : deepestFirst) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            // somebody keeps something there by now, so the folders above it stay too
            return;
        }
    }
}
