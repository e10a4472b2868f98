package dev.graft.cli.bench;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The language model that comes with Graft, with an adapter for another style.
 *
 * @param folder {@code samples/language-model} below the installation
 */
public record BundledSample(Path folder) {
    /**
     * Finds it below {@code -Dgraft.home}, which the launcher sets.
     *
     * @throws GraftException {@code FILE_NOT_FOUND}
     */
    public static BundledSample find() {
        Path home = Path.of(System.getProperty("graft.home", "."));
        BundledSample sample = new BundledSample(home.resolve("samples").resolve("language-model"));
        if (!Files.isRegularFile(sample.model())) {
            throw new GraftException(
                    ErrorCode.FILE_NOT_FOUND,
                    "the bundled sample is not there",
                    Location.ofFile(sample.model()),
                    "Start graft with its launcher, or set -Dgraft.home to the folder that holds samples/.");
        }
        return sample;
    }

    /** The base model. */
    public Path model() {
        return folder.resolve("base").resolve("model.onnx");
    }

    /** Its tokenizer. */
    public Path tokenizer() {
        return folder.resolve("base").resolve("tokenizer.json");
    }

    /** How to train the adapter: a configuration for {@code graft train}. */
    public Path training() {
        return folder.resolve("train.yaml");
    }

    /** The adapter, as PyTorch trained it. */
    public Path adapter() {
        return folder.resolve("adapter");
    }

    /** An adapter of a third style. */
    public Path otherAdapter() {
        return folder.resolve("adapter-second-style");
    }
}
