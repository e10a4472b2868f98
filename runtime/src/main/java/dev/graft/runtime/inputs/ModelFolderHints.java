package dev.graft.runtime.inputs;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.JsonValue.JsonNumber;
import dev.graft.adapter.format.json.JsonValue.JsonObject;
import dev.graft.runtime.session.ValueDescription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Hints from the configuration that exporters leave beside a model: {@code genai_config.json} of onnxruntime-genai and {@code config.json} of
 * Hugging Face.
 */
public final class ModelFolderHints {
    private static final String CACHE_WIDTH = "kv_cache_dim";

    private ModelFolderHints() {}

    /**
     * What the files beside a model say; nothing where there are none.
     *
     * @throws dev.graft.error.GraftException {@code JSON_MALFORMED} if there is one and it is not JSON
     */
    public static InputHints read(Path model, List<ValueDescription> inputs) {
        Path absolute = model.toAbsolutePath();
        Path genai = absolute.resolveSibling("genai_config.json");
        Path huggingFace = absolute.resolveSibling("config.json");
        InputHints hints = InputHints.NONE;
        if (Files.isRegularFile(genai)) {
            JsonObject config = member(JsonFiles.readObject(genai), "model");
            hints = hints(config, inputs, number(member(config, "decoder"), "head_size"));
        }
        if (Files.isRegularFile(huggingFace)) {
            JsonObject config = JsonFiles.readObject(huggingFace);
            hints = hints.orElse(hints(config, inputs, headSize(config)));
        }
        return hints;
    }

    private static InputHints hints(JsonObject config, List<ValueDescription> inputs, OptionalLong headSize) {
        InputHints hints = headSize.isPresent() && headSize.getAsLong() > 0
                ? InputHints.NONE.withDim(CACHE_WIDTH, headSize.getAsLong())
                : InputHints.NONE;
        OptionalLong vocabulary = number(config, "vocab_size");
        for (ValueDescription input : inputs) {
            if (InputRole.of(input) == InputRole.TOKEN_IDS && vocabulary.isPresent() && vocabulary.getAsLong() > 0) {
                hints = hints.withBound(input.name(), vocabulary.getAsLong());
            }
        }
        return hints;
    }

    private static OptionalLong headSize(JsonObject config) {
        OptionalLong stated = number(config, "head_dim");
        OptionalLong width = number(config, "hidden_size");
        OptionalLong heads = number(config, "num_attention_heads");
        if (stated.isPresent() || width.isEmpty() || heads.isEmpty() || heads.getAsLong() < 1) {
            return stated;
        }
        return OptionalLong.of(width.getAsLong() / heads.getAsLong());
    }

    private static JsonObject member(JsonObject object, String name) {
        return object.members().get(name) instanceof JsonObject inner ? inner : new JsonObject(Map.of());
    }

    private static OptionalLong number(JsonObject object, String name) {
        JsonValue value = object.members().get(name);
        return value instanceof JsonNumber number ? number.toLong() : OptionalLong.empty();
    }
}
