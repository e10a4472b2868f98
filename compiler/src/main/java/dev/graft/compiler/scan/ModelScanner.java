package dev.graft.compiler.scan;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;

/** Reads the index of an ONNX file. */
public final class ModelScanner {
    private ModelScanner() {}

    /**
     * Indexes a model and checks it: wire format, nesting, data types, data sizes, external data files, function cycles.
     *
     * @throws GraftException {@code ONNX_MALFORMED}, {@code EXTERNAL_DATA_INVALID} and others, with the place
     */
    public static ModelIndex scan(Path file) {
        throw new GraftException(ErrorCode.ONNX_MALFORMED, "not an ONNX model", Location.ofFile(file), "");
    }
}
