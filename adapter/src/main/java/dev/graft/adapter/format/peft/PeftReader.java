package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads a PEFT folder. */
public final class PeftReader {
    /** The weights' file in a PEFT folder. */
    public static final String WEIGHTS_FILE_NAME = "adapter_model.safetensors";

    private PeftReader() {}

    /**
     * Reads the adapter in a folder.
     *
     * @param strict whether an option that is not known, or a whole tensor that the configuration does not name, is an error
     *     and not a warning
     * @throws GraftException if a file is missing or malformed, if they contradict each other, or if the method is refused
     */
    public static Adapter read(Path folder, boolean strict) {
        Path configFile = folder.resolve(PeftConfig.FILE_NAME);
        if (!Files.isRegularFile(configFile)) {
            throw missingConfig(folder);
        }
        Path weightsFile = folder.resolve(WEIGHTS_FILE_NAME);
        PeftConfig config = PeftConfig.read(configFile);
        if (!Files.isRegularFile(weightsFile)) {
            throw missingWeights(folder, weightsFile);
        }
        PeftFolder parts = new PeftFolder(folder, config, SafetensorsReader.read(weightsFile), strict);
        return PeftMethods.of(parts).read(parts);
    }

    private static GraftException missingConfig(Path folder) {
        List<String> inside = adaptersInside(folder);
        if (inside.isEmpty()) {
            return new GraftException(
                    ErrorCode.ADAPTER_CONFIG_INVALID,
                    "expected a PEFT folder, but it has no " + PeftConfig.FILE_NAME,
                    Location.ofFile(folder),
                    "Give the folder that PEFT's save_pretrained wrote.");
        }
        return new GraftException(
                ErrorCode.ADAPTER_CONFIG_INVALID,
                "expected one PEFT adapter, but the folder holds " + inside.size() + " in folders of their own: "
                        + PeftFolder.listed(inside),
                Location.ofFile(folder),
                "Give one of them, such as " + folder.resolve(inside.get(0)) + ".");
    }

    private static List<String> adaptersInside(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> Files.isRegularFile(child.resolve(PeftConfig.FILE_NAME)))
                    .map(child -> folder.relativize(child).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED, "cannot list the folder: " + IoReason.of(e), Location.ofFile(folder), "", e);
        }
    }

    private static GraftException missingWeights(Path folder, Path weightsFile) {
        Path pickle = folder.resolve("adapter_model.bin");
        if (Files.exists(pickle)) {
            return new GraftException(
                    ErrorCode.PICKLE_REFUSED,
                    "the adapter's weights are a pickle, which can run code when it is read",
                    Location.ofFile(pickle),
                    "Load it with a PEFT that you trust and save it again: save_pretrained(..., safe_serialization=True).");
        }
        return new GraftException(
                ErrorCode.FILE_NOT_FOUND,
                "the adapter has no " + WEIGHTS_FILE_NAME,
                Location.ofFile(weightsFile),
                "Copy the weights beside " + PeftConfig.FILE_NAME + ".");
    }
}
