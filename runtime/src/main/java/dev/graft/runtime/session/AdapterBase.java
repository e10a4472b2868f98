package dev.graft.runtime.session;

import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.OptionalInt;

/** Whether an adapter file was made for the base that a model was attached to, where both say. Shapes alone do not tell one model from its sibling. */
public final class AdapterBase {
    private AdapterBase() {}

    /**
     * Checks an {@code .onnx_adapter}.
     *
     * @param base the fingerprint of the model's base, as {@link ModelSession#baseFingerprint} knows it
     * @param wayOut what takes the file all the same, for the remedy
     * @throws GraftException {@code ADAPTER_BASE_MISMATCH}
     */
    public static void require(OptionalInt base, OnnxAdapterFile adapter, String wayOut) {
        if (base.isEmpty()) {
            return;
        }
        int made = adapter.modelVersion();
        if (OnnxAdapterFile.isFingerprint(made) && made != base.getAsInt()) {
            throw new GraftException(
                    ErrorCode.ADAPTER_BASE_MISMATCH,
                    "the adapter file was made for another base: " + Integer.toHexString(made)
                            + ", and this model was attached to " + Integer.toHexString(base.getAsInt()),
                    Location.ofFile(adapter.file()),
                    "Use the file that graft attach wrote beside this model, the adapter's PEFT folder, or " + wayOut
                            + " if both bases are forms of one model.");
        }
    }
}
