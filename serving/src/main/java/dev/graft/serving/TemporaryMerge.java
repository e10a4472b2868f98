package dev.graft.serving;

import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.io.Progress;
import dev.graft.io.TemporaryFolder;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;

/** A merged model in a folder that only this user can read, for as long as it takes to open it. */
final class TemporaryMerge {
    private TemporaryMerge() {}

    static ModelSession open(Resolution resolution, SessionSettings settings) {
        try (TemporaryFolder folder = TemporaryFolder.create("merged")) {
            Path file = folder.path().resolve("model.onnx");
            Merger.merge(resolution, file, MergeOptions.defaults(), Progress.NONE);
            ModelSession session = ModelSession.open(file, settings);
            session.overridableInputs();
            return session;
        }
    }
}
