package dev.graft.runtime.generate.chat;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.tensor.FileBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the files beside a tokenizer and its model say.
 *
 * @param tokenizer {@code tokenizer_config.json}; empty if it is not there
 * @param model {@code config.json}, or what {@code genai_config.json} has of the same; empty if neither is there
 * @param chatTemplate the model's own chat template
 * @param toolTemplate the one that counts instead where a conversation offers tools, if there is one
 */
public record TokenizerFolder(
        Map<String, JsonValue> tokenizer,
        Map<String, JsonValue> model,
        Optional<String> chatTemplate,
        Optional<String> toolTemplate) {
    private static final int LONGEST_TEMPLATE = 1 << 20;

    private static final List<String> CONTEXT_KEYS =
            List.of("max_position_embeddings", "n_positions", "n_ctx", "context_length");

    public TokenizerFolder {
        tokenizer = Map.copyOf(tokenizer);
        model = Map.copyOf(model);
    }

    /** Reads the files beside a tokenizer, and where it has none beside the model. */
    public static TokenizerFolder read(Path tokenizerFile, Path modelFile) {
        Map<String, JsonValue> tokenizer = object(tokenizerFile.resolveSibling("tokenizer_config.json"));
        Map<String, JsonValue> model = model(tokenizerFile);
        if (model.isEmpty()) {
            model = model(modelFile);
        }
        // as in transformers, the files of their own win
        Optional<String> file = jinja(tokenizerFile.resolveSibling("chat_template.jinja"));
        JsonValue configured = file.isPresent()
                ? JsonValue.of(file.get())
                : tokenizer.getOrDefault("chat_template", JsonValue.ofNull());
        return new TokenizerFolder(
                tokenizer,
                model,
                template(configured),
                jinja(tokenizerFile.resolveSibling("additional_chat_templates").resolve("tool_use.jinja"))
                        .or(() -> named(configured, "tool_use")));
    }

    /** The text of a token such as {@code bos_token}, which may be written as an object with its content. */
    public Optional<String> token(String key) {
        JsonValue value = tokenizer.getOrDefault(key, JsonValue.ofNull());
        if (value instanceof JsonValue.JsonObject object) {
            value = object.members().getOrDefault("content", JsonValue.ofNull());
        }
        return value instanceof JsonValue.JsonText text ? Optional.of(text.value()) : Optional.empty();
    }

    /** Whether the tokenizer's configuration says something of a key, if only null. */
    public boolean says(String key) {
        return tokenizer.containsKey(key);
    }

    /** Whether the tokenizer's configuration has a flag that is false. */
    public boolean denies(String key) {
        return tokenizer.get(key) instanceof JsonValue.JsonBoolean flag && !flag.value();
    }

    /** A token's number in the model's configuration; of several the first. */
    public Optional<Long> modelId(String key) {
        JsonValue value = model.getOrDefault(key, JsonValue.ofNull());
        if (value instanceof JsonValue.JsonArray array && !array.items().isEmpty()) {
            value = array.items().get(0);
        }
        return value instanceof JsonValue.JsonNumber number
                ? number.toLong().stream().filter(id -> id >= 0).boxed().findFirst()
                : Optional.empty();
    }

    /** The tokens that end a text, by the model's configuration. */
    public Set<Long> endTokens() {
        JsonValue value = model.getOrDefault("eos_token_id", JsonValue.ofNull());
        List<JsonValue> values = value instanceof JsonValue.JsonArray array ? array.items() : List.of(value);
        return values.stream()
                .filter(JsonValue.JsonNumber.class::isInstance)
                .flatMap(number ->
                        ((JsonValue.JsonNumber) number).toLong().stream().boxed())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The most tokens that the model can look at, if its configuration says so. */
    public OptionalInt contextLength() {
        return CONTEXT_KEYS.stream()
                .map(model::get)
                .filter(JsonValue.JsonNumber.class::isInstance)
                .mapToInt(number -> (int) Math.min(
                        Integer.MAX_VALUE,
                        ((JsonValue.JsonNumber) number).toLong().orElse(0)))
                .filter(length -> length > 0)
                .findFirst();
    }

    /** The classes of {@code id2label} in the order of their numbers, unless they are mere placeholders. */
    public List<String> classNames() {
        List<String> names = new ArrayList<>();
        if (model.get("id2label") instanceof JsonValue.JsonObject labels) {
            for (int id = 0; id < labels.members().size(); id++) {
                if (!(labels.members().get(Integer.toString(id)) instanceof JsonValue.JsonText name)
                        || name.value().equals("LABEL_" + id)) {
                    return List.of();
                }
                names.add(name.value());
            }
        }
        return names;
    }

    private static Map<String, JsonValue> model(Path beside) {
        Map<String, JsonValue> config = object(beside.resolveSibling("config.json"));
        if (!config.isEmpty()) {
            return config;
        }
        return object(beside.resolveSibling("genai_config.json")).get("model") instanceof JsonValue.JsonObject model
                ? model.members()
                : Map.of();
    }

    private static Map<String, JsonValue> object(Path file) {
        return Files.isRegularFile(file) ? JsonFiles.readObject(file).members() : Map.of();
    }

    /** One template, or a list of named ones of which the default counts. */
    private static Optional<String> template(JsonValue value) {
        return value instanceof JsonValue.JsonText text ? Optional.of(text.value()) : named(value, "default");
    }

    private static Optional<String> named(JsonValue list, String name) {
        List<JsonValue> items = list instanceof JsonValue.JsonArray array ? array.items() : List.of();
        return items.stream()
                .filter(item -> item instanceof JsonValue.JsonObject object
                        && JsonValue.of(name).equals(object.members().get("name")))
                .findFirst()
                .map(item -> ((JsonValue.JsonObject) item).members().get("template"))
                .filter(JsonValue.JsonText.class::isInstance)
                .map(text -> ((JsonValue.JsonText) text).value());
    }

    private static Optional<String> jinja(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        FileBytes bytes = FileBytes.of(file);
        byte[] content = new byte[(int) Math.min(bytes.size(), LONGEST_TEMPLATE)];
        bytes.read(0, ByteBuffer.wrap(content));
        return Optional.of(new String(content, StandardCharsets.UTF_8));
    }
}
