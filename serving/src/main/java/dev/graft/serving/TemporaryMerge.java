package dev.graft.serving;

import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.Progress;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A merged model in a folder that only this user can read, for as long as it takes to open it. */
final class TemporaryMerge {
    private TemporaryMerge() {}

    static ModelSession open(Resolution resolution, SessionSettings settings) {
        Path folder = create();
        try {
            Path file = folder.resolve("model.onnx");
            Merger.merge(resolution, file, MergeOptions.defaults(), Progress.NONE);
            ModelSession session = ModelSession.open(file, settings);
            session.overridableInputs();
            return session;
        } finally {
            delete(folder);
        }
    }

    private static Path create() {
        try {
            return Files.createTempDirectory("graft-merged");
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot make a temporary folder: " + e.getMessage(),
                    Location.NONE,
                    "Free space in the folder for temporary files, or name another with -Djava.io.tmpdir.",
                    e);
        }
    }

    /** Files that are mapped stay readable after they are deleted; where the system refuses that, they go when the process ends. */
    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : all) {
                if (!file.toFile().delete()) {
                    file.toFile().deleteOnExit();
                }
            }
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
        }
    }
}
