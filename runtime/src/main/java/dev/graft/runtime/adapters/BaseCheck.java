package dev.graft.runtime.adapters;

import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.adapters.AdapterSource.OnDisk;
import dev.graft.runtime.session.ModelSession;
import java.util.OptionalInt;

/** Whether an adapter file was made for the base that a model was attached to, where both say. Shapes alone do not tell one model from its sibling. */
final class BaseCheck {
    private final OptionalInt base;

    BaseCheck(ModelSession session, boolean anyBase) {
        this.base = anyBase ? OptionalInt.empty() : session.baseFingerprint();
    }

    /** @throws GraftException {@code ADAPTER_BASE_MISMATCH} */
    void require(AdapterSource source) {
        if (base.isEmpty() || !(source instanceof OnDisk file) || !file.isOnnxAdapter()) {
            return;
        }
        int made = OnnxAdapterReader.read(file.path()).modelVersion();
        if (OnnxAdapterFile.isFingerprint(made) && made != base.getAsInt()) {
            throw new GraftException(
                    ErrorCode.ADAPTER_BASE_MISMATCH,
                    "the adapter file was made for another base: " + Integer.toHexString(made)
                            + ", and this model was attached to " + Integer.toHexString(base.getAsInt()),
                    Location.ofFile(file.path()),
                    "Use the file that graft attach wrote beside this model, the adapter's PEFT folder, or RuntimeSettings.acceptingAnyBase() if "
                            + "both bases are forms of one model.");
        }
    }
}
