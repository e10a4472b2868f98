package dev.graft.adapter.format.onnxadapter;

import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an {@code .onnx_adapter} holds; the tensors' bytes stay in the file.
 *
 * @param file the file
 * @param adapterVersion a number for people; nothing checks it
 * @param modelVersion a number for people, which ONNX Runtime does not check; where {@link #isFingerprint it is one}, that of the base that the file was made
 *     for
 * @param tensors the tensors by name, in the order of the file
 */
public record OnnxAdapterFile(Path file, int adapterVersion, int modelVersion, Map<String, Tensor> tensors) {
    public OnnxAdapterFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** The metadata property in which an attached model has its base's fingerprint, in decimal. */
    public static final String BASE_KEY = "graft.base";

    private static final int FIRST_FINGERPRINT = 1 << 30;

    /** A fingerprint from any number: from 2^30 on, where no one counts versions. */
    public static int fingerprint(int hash) {
        return hash & (FIRST_FINGERPRINT - 1) | FIRST_FINGERPRINT;
    }

    /** Whether a number can be a fingerprint. */
    public static boolean isFingerprint(long number) {
        return number >= FIRST_FINGERPRINT && number <= Integer.MAX_VALUE;
    }
}
