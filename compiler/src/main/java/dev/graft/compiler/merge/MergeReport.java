package dev.graft.compiler.merge;

import java.nio.file.Path;
import java.util.List;

/**
 * What a merge did.
 *
 * @param output the merged model
 * @param files all files written, the model first
 * @param bytes their bytes
 * @param targets per module what changed
 * @param unshared names of the initializers that were added for {@code --unshare}
 * @param warnings what a person should know
 */
public record MergeReport(
        Path output,
        List<Path> files,
        long bytes,
        List<TargetReport> targets,
        List<String> unshared,
        List<String> warnings) {}
