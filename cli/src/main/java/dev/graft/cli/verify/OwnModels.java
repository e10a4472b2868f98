package dev.graft.cli.verify;

import dev.graft.compiler.attach.AttachForm;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.MergeReport;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.io.TemporaryFolder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What Graft makes of base and adapters by itself, to hold an artifact against: a merged model and an attached one. They are made
 * when they are first asked for and go away at the end.
 */
final class OwnModels implements AutoCloseable {
    private final Resolution resolution;
    private final Progress progress;
    private final TemporaryFolder folder = TemporaryFolder.create("verify");
    private Optional<MergeReport> merged = Optional.empty();
    private Optional<Path> attached = Optional.empty();

    OwnModels(Resolution resolution, Progress progress) {
        this.resolution = resolution;
        this.progress = progress;
    }

    /**
     * The merged model. A weight with other consumers gets its own copy, because there is no other right merge of it.
     *
     * @throws GraftException if base and adapters do not merge
     */
    MergeReport merged() {
        if (merged.isEmpty()) {
            merged = Optional.of(merge());
        }
        return merged.get();
    }

    /** The model with constant branches: base and adapters side by side. */
    Path attached() {
        if (attached.isEmpty()) {
            Path output =
                    file("attached", resolution.model().file().getFileName().toString());
            AttachOptions beside = AttachOptions.DEFAULT.withForm(AttachForm.BESIDE);
            attached = Optional.of(
                    Attacher.attach(resolution, output, beside, progress).output());
        }
        return attached.get();
    }

    /** A file of a name in a folder of its own. */
    Path file(String purpose, String name) {
        return folder.path().resolve(purpose).resolve(name);
    }

    private MergeReport merge() {
        Path output = file("merged", resolution.model().file().getFileName().toString());
        int threads = MergeOptions.defaults().threads();
        try {
            return Merger.merge(resolution, output, new MergeOptions(false, false, threads), progress);
        } catch (GraftException e) {
            if (e.code() != ErrorCode.WEIGHT_SHARED) {
                throw e;
            }
            return Merger.merge(resolution, output, new MergeOptions(true, true, threads), progress);
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}
