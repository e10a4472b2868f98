package dev.graft.compiler.verify;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;

/** A short name of a model that is made in no time whatever its size. */
public final class ModelDigest {
    /** Enough to tell weights that were trained from those they were before. */
    private static final long BEGINNING = 4096;

    private ModelDigest() {}

    /** SHA-256 of the model file without its tensors' data, and of the first 4096 bytes of each tensor's. */
    public static String of(ModelIndex model) {
        TensorTable table = TensorTable.of(model);
        Sha256 hash = structure(model, table);
        table.tensors()
                .values()
                .forEach(tensor -> tensor.runs()
                        .forEach(run ->
                                hash.add(new ByteRegion(run.file(), run.offset(), Math.min(BEGINNING, run.length())))));
        return hash.hex();
    }

    /** Of the model file with its tensors' inline data left out. */
    static Sha256 structure(ModelIndex model, TensorTable table) {
        Sha256 hash = new Sha256();
        new TensorMap(model.file(), table)
                .forEachGap(0, model.fileSize(), (from, to) -> hash.add(new ByteRegion(model.file(), from, to - from)));
        return hash;
    }
}
