package dev.graft.training.step;

import dev.graft.runtime.session.HostTensor;
import java.util.List;
import java.util.Optional;

/** A training graph that is loaded. Owns native memory; used by one thread at a time. */
public interface TrainingEngine extends AutoCloseable {
    /**
     * What an evaluation of a batch gives.
     *
     * @param loss the loss summed over all labels that are not ignored
     * @param predictions the arg max over classes [batch], or the outputs of a regression; empty for language models
     */
    record Evaluation(double loss, Optional<HostTensor> predictions) {}

    /**
     * What an update came to.
     *
     * @param norm the gradient's global norm before clipping
     * @param skipped whether it was left out because the gradient overflowed under the loss scale, which is smaller now
     */
    record Updated(double norm, boolean skipped) {
        /** An update that was done, or whose norm says why not. */
        public static Updated of(double norm) {
            return new Updated(norm, false);
        }
    }

    /** Where the trainable values lie. */
    TrainableLayout layout();

    /**
     * Adds the gradient of {@code weight} times the batch's summed loss to what is accumulated.
     *
     * @param weight one over the number of labels of the whole accumulation, so that the mean is over tokens
     * @param seed decides what dropout drops; the same seed drops the same
     * @return the loss summed over the batch's labels, not weighted
     * @throws dev.graft.error.GraftException {@code INPUTS_INVALID}, {@code RUNTIME_FAILED}
     */
    double accumulate(Batch batch, float weight, long seed);

    /**
     * Updates the trainable values by the accumulated gradient and clears it. If the gradient's norm is not finite nothing is
     * updated, and the gradient is cleared only if the update counts as skipped.
     */
    Updated update(UpdateRule rule);

    /** How many updates {@link #updateAll} takes at most, which may be fewer after each; 0 where they are only done one by one. */
    default int updatesPerCall() {
        return 0;
    }

    /**
     * Does several updates in one call, which gives what {@link #accumulate} for each of their batches and {@link #update} would
     * give, to the bit. Nothing may have been accumulated before. The batches of all of them are in memory at once.
     *
     * @return what came of each; empty if they cannot be done that way, or if a loss or a norm is not finite: nothing has changed then,
     *     and one by one they tell the reason
     */
    default Optional<List<DoneUpdate>> updateAll(List<PlannedUpdate> updates) {
        return Optional.empty();
    }

    /** The loss of a batch, without dropout; what is accumulated stays as it is. */
    Evaluation evaluate(Batch batch);

    /** A copy of everything that changes. */
    EngineState state();

    /** Goes on from a state. */
    void restore(EngineState state);

    /** The first trainable tensor whose accumulated gradient is not finite, or whose value is not. */
    Optional<TrainableLayout.Entry> firstNotFinite();

    /** Frees the native memory. */
    @Override
    void close();
}
