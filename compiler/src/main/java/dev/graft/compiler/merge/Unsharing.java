package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ModelIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is added to a model so that targets get tensors of their own.
 *
 * @param splices into the model file
 * @param places where the copies come to lie
 * @param dataFile the new data file, if a copy is too large to stand in the model file
 * @param dataSize its size
 * @param initializers names of the added initializers
 */
record Unsharing(
        List<Splice> splices, List<Place> places, Optional<Path> dataFile, long dataSize, List<String> initializers) {
    static final Unsharing NONE = new Unsharing(List.of(), List.of(), Optional.empty(), 0, List.of());

    /**
     * Where a copy lies.
     *
     * @param edit the tensor and its changes
     * @param splice the splice that holds it, or empty for the data file
     * @param offset its first byte in the splice's bytes or in the data file
     */
    record Place(TensorEdit edit, Optional<Splice> splice, long offset) {}

    /** Plans the copies; none for none. */
    static Unsharing of(ModelIndex model, Path output, List<MergePlan.Copy> copies) {
        if (copies.isEmpty()) {
            return NONE;
        }
        try (OpenFiles files = new OpenFiles()) {
            return new UnsharingPlanner(model, output, files).plan(copies);
        }
    }
}
