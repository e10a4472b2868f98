package dev.graft.adapter.format.peft;

import dev.graft.adapter.format.json.JsonValue;
import java.util.HashMap;
import java.util.Map;

/**
 * Rank and scaling of each module of an AdaLoRA: {@code init_r}, or as many as {@code rank_pattern} keeps.
 *
 * <p>The pattern's keys are no patterns but the names of lora_E, with or without the adapter's name behind; its values are lists of
 * init_r flags.
 */
final class AdaLoraRanks {
    private static final String SINGULAR_VALUES = ".lora_E";

    private final PeftConfig config;
    private final long initialRank;
    private final double alpha;
    private final Map<String, Long> kept = new HashMap<>();

    AdaLoraRanks(PeftConfig config) {
        this.config = config;
        this.initialRank = config.rank("init_r");
        this.alpha = config.number("lora_alpha");
        config.object("rank_pattern").forEach((name, flags) -> kept.put(module(name), count(name, flags)));
    }

    /** The rank of a module; 0 if all of it was pruned. */
    long rank(String module) {
        return kept.getOrDefault(module, initialRank);
    }

    /** The factor on B·(A∘E) of a module. */
    double scaling(String module) {
        return (alpha > 0 ? alpha : (double) rank(module)) / (initialRank + 1e-5);
    }

    private String module(String name) {
        int end = name.lastIndexOf(SINGULAR_VALUES);
        String adapter = end < 0 ? "" : name.substring(end + SINGULAR_VALUES.length());
        if (end <= 0 || !adapter.isEmpty() && (adapter.charAt(0) != '.' || adapter.lastIndexOf('.') != 0)) {
            throw config.invalid("expected the names in rank_pattern to end with lora_E, got '" + name + "'");
        }
        return name.substring(0, end);
    }

    private long count(String name, JsonValue flags) {
        long count = 0;
        if (flags instanceof JsonValue.JsonArray array && array.items().size() == initialRank) {
            for (JsonValue item : array.items()) {
                if (!(item instanceof JsonValue.JsonBoolean flag)) {
                    throw config.invalid("expected rank_pattern to hold true and false, got " + item.kind());
                }
                count += flag.value() ? 1 : 0;
            }
            return count;
        }
        throw config.invalid("expected rank_pattern to have init_r = " + initialRank + " flags for '" + name + "', got "
                + (flags instanceof JsonValue.JsonArray array ? array.items().size() + " values" : flags.kind()));
    }
}
