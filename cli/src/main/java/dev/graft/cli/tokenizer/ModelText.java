package dev.graft.cli.tokenizer;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.GenerationLimits;
import dev.graft.runtime.generate.GreedyGenerator;
import dev.graft.runtime.generate.TextModel;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Continues a text with a model, a tokenizer and what the model's folder says about both. */
public final class ModelText {
    private static final List<String> CONTEXT_KEYS =
            List.of("max_position_embeddings", "n_positions", "n_ctx", "context_length");

    private ModelText() {}

    /**
     * The likeliest continuation of a prompt.
     *
     * @param tokens the most tokens to add
     */
    public static String continuation(
            ModelSession session,
            List<LoadedAdapter> adapters,
            HuggingFaceTokenizerSource tokenizer,
            String prompt,
            int tokens) {
        TextModel model = TextModel.over(session, adapters);
        Optional<JsonValue.JsonObject> config = config(session.file());
        int context = config.map(ModelText::context).orElse(OptionalInt.empty()).orElse(Integer.MAX_VALUE);
        Set<Long> stops = new HashSet<>(tokenizer.endTokens());
        config.map(ModelText::stopTokens).ifPresent(stops::addAll);
        return new GreedyGenerator(model, new GenerationLimits(tokens, context, stops)).generate(prompt, tokenizer);
    }

    private static Optional<JsonValue.JsonObject> config(Path model) {
        Path file = model.resolveSibling("config.json");
        return Files.isRegularFile(file) ? Optional.of(JsonFiles.readObject(file)) : Optional.empty();
    }

    private static OptionalInt context(JsonValue.JsonObject config) {
        return CONTEXT_KEYS.stream()
                .map(key -> config.members().get(key))
                .filter(JsonValue.JsonNumber.class::isInstance)
                .mapToInt(number -> (int) Math.min(
                        Integer.MAX_VALUE,
                        ((JsonValue.JsonNumber) number).toLong().orElse(0)))
                .filter(length -> length > 0)
                .findFirst();
    }

    /** One id or a list of them. */
    private static Set<Long> stopTokens(JsonValue.JsonObject config) {
        JsonValue value = config.members().getOrDefault("eos_token_id", JsonValue.ofNull());
        List<JsonValue> values = value instanceof JsonValue.JsonArray array ? array.items() : List.of(value);
        return values.stream()
                .filter(JsonValue.JsonNumber.class::isInstance)
                .flatMap(number ->
                        ((JsonValue.JsonNumber) number).toLong().stream().boxed())
                .collect(Collectors.toSet());
    }
}
