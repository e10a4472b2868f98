package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.json.PythonJson;
import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.OutputTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes PEFT folders that PEFT loads. */
public final class PeftWriter {
    private PeftWriter() {}

    /**
     * Writes {@code adapter_config.json} and {@code adapter_model.safetensors}; both appear or none does.
     *
     * @param folder the folder, created if need be
     * @param force whether files that are there are replaced
     * @throws GraftException {@code CONVERT_UNSUPPORTED} if PEFT has no words for a change, {@code OUTPUT_EXISTS}, {@code
     *     OUTPUT_IS_INPUT}, {@code IO_FAILED}
     */
    public static void write(Adapter adapter, Path folder, boolean force) {
        PeftLayout layout = PeftLayout.of(adapter);
        Path config = folder.resolve(PeftConfig.FILE_NAME);
        Path weights = folder.resolve(PeftReader.WEIGHTS_FILE_NAME);
        try (OutputTransaction transaction = OutputTransaction.open(config, force)) {
            transaction.refuseInputs(weights, adapter.files());
            SafetensorsWriter.write(transaction.stage(weights), Map.of("format", "pt"), layout.tensors());
            writeText(transaction.stage(config), PythonJson.write(layout.config()));
            transaction.commit();
        }
    }

    private static void writeText(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot write the file: " + e.getMessage(),
                    Location.ofFile(file),
                    "Check that the disk has space and that you may write there.",
                    e);
        }
    }
}
