package dev.graft.runtime.compare;

import java.util.Locale;

/** What an output's last axis means, which decides whether it can be compared as a distribution. */
public enum OutputKind {
    /** Logarithms of unnormalised probabilities. */
    LOGITS,
    /** Probabilities. */
    PROBABILITIES,
    /** Anything else. */
    VALUES;

    /** The kind that an output's name tells. */
    public static OutputKind ofName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.contains("logit")) {
            return LOGITS;
        }
        return lower.contains("prob") || lower.contains("softmax") ? PROBABILITIES : VALUES;
    }
}
