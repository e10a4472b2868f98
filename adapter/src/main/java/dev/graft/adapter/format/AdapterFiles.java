package dev.graft.adapter.format;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.peft.PeftReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells adapter formats apart and reads any of them. */
public final class AdapterFiles {
    private AdapterFiles() {}

    /**
     * Reads the adapter at a path: a PEFT folder, an {@code .onnx_adapter}, or a kohya or loralib {@code .safetensors}.
     *
     * @throws GraftException if it is none of these, malformed, or of a method that is refused
     */
    public static Adapter readAdapter(Path path, ReadOptions options) {
        if (Files.isDirectory(path)) {
            return PeftReader.read(path, options);
        }
        throw new GraftException(
                ErrorCode.UNKNOWN_FORMAT,
                "not an adapter that Graft reads",
                Location.ofFile(path),
                "Give a PEFT folder, an .onnx_adapter or a .safetensors file.");
    }
}
