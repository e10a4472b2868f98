package dev.graft.adapter.format.peft;

import dev.graft.adapter.Scaling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Rank and scaling of each module: {@code r} and {@code lora_alpha}, overridden by {@code rank_pattern} and {@code alpha_pattern}, of whose keys
 * the first that matches counts.
 */
public final class LoraScaling {
    private final PeftConfig config;
    private final long defaultRank;
    private final double defaultAlpha;
    private final boolean rankStabilized;
    private final ModulePatterns ranks;
    private final ModulePatterns alphas;

    /**
     * Reads the options.
     *
     * @throws dev.graft.error.GraftException {@code ADAPTER_CONFIG_INVALID}
     */
    public LoraScaling(PeftConfig config) {
        this.config = config;
        this.defaultRank = config.rank("r");
        this.defaultAlpha = config.number("lora_alpha");
        this.rankStabilized = config.flag("use_rslora");
        this.ranks = new ModulePatterns(config, "rank_pattern");
        this.alphas = new ModulePatterns(config, "alpha_pattern");
    }

    /** The rank that the configuration gives a module. */
    public long rank(String module) {
        return ranks.find(module)
                .map(value -> config.rank("rank_pattern", value))
                .orElse(defaultRank);
    }

    /** The factor on B·A of a module. */
    public double scaling(String module) {
        double alpha = alphas.find(module)
                .map(value -> config.number("alpha_pattern", value))
                .orElse(defaultAlpha);
        return Scaling.of(alpha, rank(module), rankStabilized);
    }

    /** The keys of both patterns that match none of these modules. */
    public List<String> unmatched(Collection<String> modules) {
        List<String> unmatched = new ArrayList<>(ranks.unmatched(modules));
        unmatched.addAll(alphas.unmatched(modules));
        return unmatched;
    }
}
