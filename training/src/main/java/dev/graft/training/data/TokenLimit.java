package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What tokens a model takes: those that it has a vector for, and as many as it has positions for.
 *
 * @param model the model's file
 * @param tokens the number that all are below; empty where the file does not tell
 * @param length how many a row may have
 */
record TokenLimit(Path model, OptionalLong tokens, OptionalLong length) {
    /**
     * Makes sure of a row's tokens; what does not fit is no fault of the row, so that no row is left out for it.
     *
     * @throws GraftException {@code TRAINING_DATA_INVALID}
     */
    void check(int[] ids, DataRow.Place place) {
        if (ids.length > length.orElse(Long.MAX_VALUE)) {
            throw new GraftException(
                    ErrorCode.TRAINING_DATA_INVALID,
                    "expected at most " + length.getAsLong() + " tokens, as many as " + model.getFileName()
                            + " takes in a row, got " + ids.length + ", which cutoff_len allows",
                    Location.ofLine(place.file(), place.line()),
                    "Set cutoff_len to " + length.getAsLong()
                            + " or less, or leave it out; a model that takes more says so as max_position_embeddings in its config.json.");
        }
        for (int id : ids) {
            if (tokens.isPresent() && id >= tokens.getAsLong()) {
                throw new GraftException(
                        ErrorCode.TRAINING_DATA_INVALID,
                        "expected tokens below " + tokens.getAsLong() + ", as many as " + model.getFileName()
                                + " knows, got " + id + " from the tokenizer",
                        Location.ofLine(place.file(), place.line()),
                        "Name the tokenizer.json that belongs to the model with the key tokenizer, or leave out what adds tokens to it.");
            }
        }
    }

    /** What padding is made of: nothing counts there, but the model looks it up, and one that was added for padding alone it may not have. */
    int padding(int wanted) {
        return wanted >= tokens.orElse(Long.MAX_VALUE) ? 0 : wanted;
    }
}
