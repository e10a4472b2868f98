package dev.graft.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** Test data that the project made itself and carries in {@code fixtures/}; always there. */
public final class Fixtures {
    private Fixtures() {}

    /** The file or folder of that name below {@code fixtures/}. */
    public static Path path(String relative) {
        Path path = repository().resolve("fixtures").resolve(relative);
        if (!Files.exists(path)) {
            throw new AssertionError("fixture not found: " + path);
        }
        return path;
    }

    /**
     * The repository's root: system property {@code graft.root}, or the nearest folder above the working directory that
     * holds the {@code graft} launcher, which is what a test started from an editor gets.
     */
    public static Path repository() {
        String root = System.getProperty("graft.root");
        if (root != null) {
            return Path.of(root).toAbsolutePath().normalize();
        }
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isRegularFile(folder.resolve("graft"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new AssertionError("not inside the repository: " + Path.of("").toAbsolutePath());
        }
        return folder;
    }
}
