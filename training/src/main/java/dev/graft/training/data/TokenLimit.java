package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The number that all tokens are below, because the model has no vector for others.
 *
 * @param model the model's file
 * @param tokens the number; empty where the file does not tell
 */
record TokenLimit(Path model, OptionalLong tokens) {
    /**
     * Makes sure of a row's tokens; one that is too high is no fault of the row, so that no row is left out for it.
     *
     * @throws GraftException {@code TRAINING_DATA_INVALID}
     */
    void check(int[] ids, DataRow.Place place) {
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
