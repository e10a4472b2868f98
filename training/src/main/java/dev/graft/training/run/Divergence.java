package dev.graft.training.run;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.run.checkpoint.Checkpoint;
import dev.graft.training.run.checkpoint.CheckpointStore;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.TrainingEngine;
import java.util.Optional;
import java.util.function.Predicate;

/** Stops a run whose numbers are no longer finite, before a checkpoint can hold them. */
final class Divergence {
    private final TrainingEngine engine;
    private final CheckpointStore store;

    Divergence(TrainingEngine engine, CheckpointStore store) {
        this.engine = engine;
        this.store = store;
    }

    /**
     * Makes sure that a number is finite.
     *
     * @param what its name in the message
     * @param update the update that it belongs to, from 0
     */
    void require(String what, double value, long update) {
        if (!Double.isFinite(value)) {
            throw diverged(what + " is " + value, update, engine.firstNotFinite());
        }
    }

    /** Makes sure that all of a state is finite, after so many updates. */
    void require(EngineState state, long updates) {
        boolean finite = isFinite(state.parameters())
                && isFinite(state.firstMoment())
                && isFinite(state.secondMoment())
                && isFinite(state.gradient());
        if (!finite) {
            Predicate<Entry> bad = entry -> !isFinite(entry, state);
            Optional<Entry> first =
                    engine.layout().entries().stream().filter(bad).findFirst();
            throw diverged("what the optimiser holds is not finite", updates - 1, first);
        }
    }

    private static boolean isFinite(Entry entry, EngineState state) {
        int begin = (int) entry.offset();
        int end = begin + (int) entry.shape().elements();
        return isFinite(state.parameters(), begin, end)
                && isFinite(state.firstMoment(), begin, end)
                && isFinite(state.secondMoment(), begin, end)
                && isFinite(state.gradient(), begin, end);
    }

    private static boolean isFinite(float[] values) {
        return isFinite(values, 0, values.length);
    }

    private static boolean isFinite(float[] values, int begin, int end) {
        for (int i = begin; i < end; i++) {
            if (!Float.isFinite(values[i])) {
                return false;
            }
        }
        return true;
    }

    private GraftException diverged(String what, long update, Optional<Entry> tensor) {
        String where = tensor.map(entry -> "; the first bad tensor is " + entry.name())
                .orElse("; all trainable tensors and their gradients are finite");
        Optional<Checkpoint> last = store.newest();
        String saved = last.map(checkpoint -> "Step " + checkpoint.position().step() + " is whole in "
                        + checkpoint.folder().getFileName() + ". ")
                .orElse("No checkpoint had been saved. ");
        return new GraftException(
                ErrorCode.TRAINING_DIVERGED,
                "training diverged at step " + (update + 1) + ": " + what + where,
                tensor.map(entry -> Location.ofTensor(null, entry.name())).orElse(Location.NONE),
                saved
                        + "Try a lower learning rate, a warm-up, or clipping (max_grad_norm), and look at the data of that step.");
    }
}
