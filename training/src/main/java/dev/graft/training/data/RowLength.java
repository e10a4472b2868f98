package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.TokenizerFolder;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.training.config.DataOptions;
import dev.graft.training.config.TrainingConfig;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What becomes of {@code cutoff_len} with a model that takes rows of so many tokens and no more. Where nobody set it, it is no more than the model takes; a row
 * that is longer because somebody did is refused.
 *
 * @param tokens what the model takes; empty where neither its file nor its configuration tells
 * @param lowered whether {@code cutoff_len} is what it is because of that
 */
record RowLength(TrainingConfig config, OptionalLong tokens, boolean lowered) {
    private static final String KEY = "cutoff_len";

    /** Models whose first position is that behind the padding's number, so that there are fewer than their configuration has vectors for. */
    private static final Set<String> BEHIND_PADDING =
            Set.of("roberta", "xlm-roberta", "camembert", "roberta-prelayernorm", "xlm-roberta-xl", "mpnet", "xmod");

    static RowLength of(TrainingConfig config, ModelLimits limits) {
        boolean takesTokens =
                limits.inputs().values().stream().map(InputRole::of).anyMatch(InputRole.TOKEN_IDS::equals);
        if (!takesTokens) {
            return new RowLength(config, OptionalLong.empty(), false);
        }
        LongStream configured = LongStream.empty();
        TokenizerFolder folder =
                TokenizerFolder.read(config.model().tokenizer(), config.model().model());
        if (folder.contextLength().isPresent()) {
            configured = LongStream.of(folder.contextLength().getAsInt() - behindPadding(folder));
        }
        OptionalLong tokens = LongStream.concat(configured, limits.positions().stream())
                .filter(length -> length > 0)
                .min();
        boolean set = config.source().keys().contains(KEY);
        return new RowLength(
                config,
                tokens,
                !set && tokens.orElse(Long.MAX_VALUE) < config.data().cutoff());
    }

    private static long behindPadding(TokenizerFolder folder) {
        boolean behind = folder.model().get("model_type") instanceof JsonValue.JsonText type
                && BEHIND_PADDING.contains(type.value());
        return behind ? folder.modelId("pad_token_id").orElse(1L) + 1 : 0;
    }

    /** The options with the cutoff that counts; rows that are rounded up to a multiple still fit. */
    DataOptions fitted() {
        DataOptions options = config.data();
        if (!lowered) {
            return options;
        }
        int most = Math.toIntExact(tokens.orElseThrow());
        int multiple = options.order().padToMultipleOf();
        return options.withCutoff(most < multiple ? most : most - most % multiple);
    }

    /** Makes sure of sequences that are as long as {@code cutoff_len}, or longer than their rows. */
    void check(List<DataReport> reports) {
        long most = tokens.orElse(Long.MAX_VALUE);
        if (config.data().packing() && fitted().cutoff() > most) {
            throw config.source()
                    .invalid(
                            KEY,
                            "packing makes sequences of cutoff_len " + fitted().cutoff() + " tokens, and " + model()
                                    + " takes " + most,
                            "Set cutoff_len to " + most + " or less.");
        }
        int multiple = config.data().order().padToMultipleOf();
        int longest = reports.stream().mapToInt(DataReport::longest).max().orElse(0);
        if (Matrix.roundUp(longest, multiple) > most) {
            throw config.source()
                    .invalid(
                            "pad_to_multiple_of",
                            "pad_to_multiple_of makes " + Matrix.roundUp(longest, multiple) + " tokens of a row of "
                                    + longest + ", and " + model() + " takes " + most,
                            "Lower cutoff_len or pad_to_multiple_of.");
        }
    }

    /** That rows are cut which nobody asked to be cut there. */
    Optional<String> warning(List<DataReport> reports) {
        long cut = reports.stream().mapToLong(DataReport::cut).sum();
        if (!lowered || cut == 0 && !config.data().packing()) {
            return Optional.empty();
        }
        String rows = cut == 0 ? "" : cut == 1 ? ": 1 row is cut" : ": " + cut + " rows are cut";
        return Optional.of("cutoff_len is not set, and " + fitted().cutoff() + " where " + model() + " takes "
                + tokens.orElseThrow() + " tokens" + rows);
    }

    private String model() {
        return config.model().model().getFileName().toString();
    }
}
