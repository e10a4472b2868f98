package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.Resolution;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.Progress;
import java.nio.file.Path;

/** Bakes adapters into a model's weights. */
public final class Merger {
    private Merger() {}

    /**
     * Writes the merged model and its data files.
     *
     * @param output the model file to write; its data files get the base's names in the same folder
     * @throws GraftException {@code WEIGHT_SHARED}, {@code WEIGHT_NOT_MERGEABLE}, {@code MERGE_NOT_FINITE}, {@code OUTPUT_EXISTS},
     *     {@code OUTPUT_IS_INPUT}, {@code IO_FAILED}
     */
    public static MergeReport merge(Resolution resolution, Path output, MergeOptions options, Progress progress) {
        throw new GraftException(ErrorCode.WEIGHT_NOT_MERGEABLE, "nothing to merge", Location.ofFile(output), "");
    }
}
