package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.json.PythonJson;
import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.error.GraftException;
import dev.graft.io.OutputTransaction;
import dev.graft.tensor.FileOutput;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
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
            transaction.refuseInputs(config, adapter.files());
            SafetensorsWriter.write(transaction.stage(weights), Map.of("format", "pt"), layout.tensors());
            writeText(transaction.stage(config), PythonJson.write(layout.config()));
            transaction.commit();
        }
    }

    private static void writeText(Path file, String text) {
        FileOutput.write(
                file, output -> output.write(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text))));
    }
}
