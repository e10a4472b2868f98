package dev.graft.compiler.attach;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What was attached.
 *
 * @param output the attached model
 * @param files all files written, the model first
 * @param shared those of them that are hard links to the base's
 * @param adapter the {@code .onnx_adapter} beside the model, for styles input and batched with an adapter
 * @param targets what was done per module
 * @param nodesAdded nodes that the model has more than the base
 * @param warnings what a person should know
 */
public record AttachReport(
        Path output,
        List<Path> files,
        List<Path> shared,
        Optional<Path> adapter,
        List<AttachedTarget> targets,
        int nodesAdded,
        List<String> warnings) {
    public AttachReport {
        files = List.copyOf(files);
        shared = List.copyOf(shared);
        targets = List.copyOf(targets);
        warnings = List.copyOf(warnings);
    }

    /**
     * What was done for a module.
     *
     * @param module the module's path
     * @param node the base's node
     * @param form in a word: widened, addend, branch, conv, lookup, replaced, rows, bias
     * @param rank the rank, 0 for a replacement
     */
    public record AttachedTarget(String module, String node, String form, long rank) {}
}
