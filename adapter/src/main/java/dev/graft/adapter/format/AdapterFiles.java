package dev.graft.adapter.format;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.kohya.KohyaReader;
import dev.graft.adapter.format.loralib.LoralibOptions;
import dev.graft.adapter.format.loralib.LoralibReader;
import dev.graft.adapter.format.onnxadapter.NamedFactors;
import dev.graft.adapter.format.peft.PeftReader;
import dev.graft.adapter.format.safetensors.SafetensorsFile;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Tells adapter formats apart and reads any of them. */
public final class AdapterFiles {
    private AdapterFiles() {}

    /**
     * Reads the adapter at a path: a PEFT folder (or a file of one), an {@code .onnx_adapter}, or a kohya or loralib {@code
     * .safetensors}.
     *
     * @throws GraftException if it is none of these, malformed, or of a method that is refused
     */
    public static Adapter readAdapter(Path path, ReadOptions options) {
        if (Files.isDirectory(path)) {
            return PeftReader.read(path, options.strict());
        }
        return switch (FileKind.of(path)) {
            case PEFT_FILE -> PeftReader.read(folderOf(path), options.strict());
            case SAFETENSORS -> readSafetensors(SafetensorsReader.read(path), options);
            case ONNX_ADAPTER -> NamedFactors.read(path);
            case PICKLE ->
                throw new GraftException(
                        ErrorCode.PICKLE_REFUSED,
                        "the file is a pickle, which can run code when it is read",
                        Location.ofFile(path),
                        "Load it with a program that you trust and save it again as safetensors.");
            case ARCHIVE ->
                throw new GraftException(
                        ErrorCode.ARCHIVE_REFUSED,
                        "the file is an archive",
                        Location.ofFile(path),
                        "Unpack it, and give the folder that holds adapter_config.json.");
            case UNKNOWN -> throw unknown(path, "not an adapter that Graft reads");
        };
    }

    private static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file : parent;
    }

    private static Adapter readSafetensors(SafetensorsFile file, ReadOptions options) {
        if (KohyaReader.isKohya(file)) {
            return KohyaReader.read(file);
        }
        Set<String> names = file.tensors().keySet();
        if (names.stream().anyMatch(name -> name.endsWith(LoralibReader.SUFFIX_OF_A))) {
            return LoralibReader.read(
                    file, new LoralibOptions(options.alpha(), options.enabledGroups(), options.kernelSize()));
        }
        if (names.stream().anyMatch(name -> name.contains(".lora_A.") || name.contains(".lora_embedding_A"))) {
            throw new GraftException(
                    ErrorCode.ADAPTER_CONFIG_INVALID,
                    "the file holds PEFT weights, but adapter_config.json is not beside it",
                    Location.ofFile(file.file()),
                    "Put both into one folder, as save_pretrained wrote them, and give the folder.");
        }
        throw unknown(file.file(), "the names of its tensors are none of PEFT's, kohya's or loralib's");
    }

    private static GraftException unknown(Path path, String what) {
        return new GraftException(
                ErrorCode.UNKNOWN_FORMAT,
                what,
                Location.ofFile(path),
                "Give a PEFT folder, an .onnx_adapter or a .safetensors file.");
    }
}
