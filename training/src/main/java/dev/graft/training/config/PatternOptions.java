package dev.graft.training.config;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.peft.LoraScaling;
import dev.graft.adapter.format.peft.PeftConfig;
import dev.graft.error.GraftException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ranks and alphas of single modules. A key is a regular expression for a module's path or the end of it; the first that matches counts, as in
 * PEFT.
 *
 * @param ranks in the order of the file
 * @param alphas in the order of the file
 */
public record PatternOptions(Map<String, Integer> ranks, Map<String, Double> alphas) {
    /** No module has a rank or an alpha of its own. */
    public static final PatternOptions NONE = new PatternOptions(Map.of(), Map.of());

    private static final String RANKS = "rank_pattern";
    private static final String ALPHAS = "alpha_pattern";

    public PatternOptions {
        ranks = Collections.unmodifiableMap(new LinkedHashMap<>(ranks));
        alphas = Collections.unmodifiableMap(new LinkedHashMap<>(alphas));
    }

    static PatternOptions read(SettingReader reader) {
        PatternOptions options =
                new PatternOptions(reader.countsByName(RANKS), reader.numbersByName(ALPHAS, NumberRange.above(0)));
        new PatternOptions(options.ranks, Map.of()).check(reader.source(), RANKS);
        new PatternOptions(Map.of(), options.alphas).check(reader.source(), ALPHAS);
        return options;
    }

    private void check(ConfigSource source, String key) {
        try {
            scaling(source.file(), 1, 1, false);
        } catch (GraftException e) {
            throw source.invalid(
                    key,
                    String.valueOf(e.getMessage()),
                    "Write the names of modules, such as q_proj or layers.0.mlp.down_proj, or expressions that match them.");
        }
    }

    /**
     * Rank and scaling of each module.
     *
     * @param file the configuration, for messages
     * @throws GraftException {@code ADAPTER_CONFIG_INVALID} if a key is no regular expression
     */
    LoraScaling scaling(Path file, int rank, double alpha, boolean rankStabilized) {
        Map<String, JsonValue> ofRanks = new LinkedHashMap<>();
        ranks.forEach((key, value) -> ofRanks.put(key, JsonValue.of((long) value)));
        Map<String, JsonValue> ofAlphas = new LinkedHashMap<>();
        alphas.forEach((key, value) -> ofAlphas.put(key, JsonValue.of(value)));
        Map<String, JsonValue> members = Map.of(
                "r",
                JsonValue.of((long) rank),
                "lora_alpha",
                JsonValue.of(alpha),
                "use_rslora",
                JsonValue.of(rankStabilized),
                RANKS,
                new JsonValue.JsonObject(ofRanks),
                ALPHAS,
                new JsonValue.JsonObject(ofAlphas));
        return new LoraScaling(new PeftConfig(file, members));
    }

    /** The key of the configuration that a module's name stands under. */
    public String keyOf(String name) {
        return ranks.containsKey(name) ? RANKS : ALPHAS;
    }
}
