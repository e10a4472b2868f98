package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.cli.command.Invocation;
import dev.graft.cli.command.OptionDescription;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.sampling.SamplingSettings;
import java.util.List;

/** The options that say how a text is continued. */
final class GenerationWords {
    private static final int DEFAULT_TOKENS = 64;
    private static final int MOST_TOKENS = 1_000_000;
    private static final double HOTTEST = 1000;
    private static final double LARGEST_PENALTY = 1000;

    /** The options. */
    static final List<OptionDescription> OPTIONS = List.of(
            valued("max-tokens", "N", "the most tokens to add (default: " + DEFAULT_TOKENS + ")"),
            valued(
                    "temperature",
                    "T",
                    "0 takes the likeliest token (default), 1 draws as the model says, above it more freely"),
            valued("top-k", "K", "draw from the K likeliest tokens"),
            valued("top-p", "P", "draw from the likeliest tokens that have the probability P together"),
            valued("repetition-penalty", "R", "above 1, tokens of the text so far become less likely (default: 1)"),
            valued("stop", "TEXT", "end where this text would come").repeated(),
            valued("seed", "S", "decides the draws (default: 0)"));

    private GenerationWords() {}

    /** Reads them. */
    static GenerationSettings read(Invocation invocation) {
        // who limits the tokens to draw from wants a draw
        boolean draws = invocation.has("top-k") || invocation.has("top-p");
        SamplingSettings sampling = new SamplingSettings(
                invocation.doubleOption("temperature", draws ? 1 : 0, 0, HOTTEST),
                invocation.intOption("top-k", 0, 1, Integer.MAX_VALUE),
                invocation.doubleOption("top-p", 1, 0, 1),
                invocation.doubleOption("repetition-penalty", 1, 1e-3, LARGEST_PENALTY),
                invocation.intOption("seed", 0, 0, Integer.MAX_VALUE));
        return GenerationSettings.ofMaxTokens(invocation.intOption("max-tokens", DEFAULT_TOKENS, 1, MOST_TOKENS))
                .withSampling(sampling)
                .withStopStrings(invocation.options("stop"));
    }
}
