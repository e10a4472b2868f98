package dev.graft.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Conformance data that others made, beside the repository. A test that asks for a part of it is skipped with a message
 * where the part is absent; with {@code -Dgraft.shared.required=true} it fails instead, so that no run that has the data
 * can lose tests silently.
 */
public final class Shared {
    private Shared() {}

    /** The shared folder: system property {@code graft.shared}, by default {@code ../shared} from the repository. */
    public static Path root() {
        String place = System.getProperty("graft.shared");
        Path root = place == null ? Fixtures.repository().resolve("../shared") : Path.of(place);
        return root.toAbsolutePath().normalize();
    }

    /** True when the shared folder is there at all. */
    public static boolean present() {
        return Files.isDirectory(root());
    }

    /** The file or folder of that name below the shared folder, or a skipped test. */
    public static Path path(String relative) {
        Path path = root().resolve(relative);
        if (!Files.exists(path)) {
            absent("shared data not found: " + path + " (set -Dgraft.shared=FOLDER to run this test)");
        }
        return path;
    }

    private static void absent(String message) {
        if (Boolean.getBoolean("graft.shared.required")) {
            throw new AssertionError(message);
        }
        Assumptions.abort(message);
    }
}
