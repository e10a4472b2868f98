package dev.graft.training.config;

import java.util.Optional;

/**
 * What is minimised.
 *
 * @param kind the head on the graph's output
 * @param output the graph's own output, where {@link Kind#OUTPUT} says that it is the loss
 */
public record Loss(Kind kind, Optional<String> output) {
    private static final String OUTPUT_PREFIX = "output:";

    /** Heads. */
    public enum Kind {
        /** Cross-entropy of the next token. */
        CAUSAL_LM,
        /** Cross-entropy of one class per row. */
        CLASSIFICATION,
        /** The mean squared difference. */
        REGRESSION,
        /** A scalar that the graph computes itself. */
        OUTPUT
    }

    static Loss read(SettingReader reader) {
        String word = reader.text("loss").orElse("causal_lm");
        reader.effective().put("loss", dev.graft.adapter.format.json.JsonValue.of(word));
        return switch (word) {
            case "causal_lm" -> new Loss(Kind.CAUSAL_LM, Optional.empty());
            case "classification" -> new Loss(Kind.CLASSIFICATION, Optional.empty());
            case "regression" -> new Loss(Kind.REGRESSION, Optional.empty());
            default -> {
                if (word.startsWith(OUTPUT_PREFIX) && word.length() > OUTPUT_PREFIX.length()) {
                    yield new Loss(Kind.OUTPUT, Optional.of(word.substring(OUTPUT_PREFIX.length())));
                }
                throw reader.source()
                        .invalid(
                                "loss",
                                "expected loss to be one of causal_lm, classification, regression, output:NAME, got '"
                                        + word + "'",
                                "For a loss that the graph computes itself write output: and that output's name.");
            }
        };
    }
}
