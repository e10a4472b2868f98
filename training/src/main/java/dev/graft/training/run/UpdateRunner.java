package dev.graft.training.run;

import dev.graft.training.run.checkpoint.LossSums;
import dev.graft.training.run.checkpoint.RunState;
import dev.graft.training.step.Batch;
import dev.graft.training.step.TrainingEngine;

/** Runs one update, or the rest of one, micro-batch by micro-batch. */
final class UpdateRunner {
    private final RunParts parts;
    private final Divergence divergence;

    /**
     * What came of it.
     *
     * @param state the run's state afterwards
     * @param complete whether the update was done, or the run was asked to stop before
     * @param loss the update's mean loss
     * @param learningRate what the update went by, without LoRA+
     * @param gradientNorm before clipping; not finite where the update was skipped
     */
    record Outcome(RunState state, boolean complete, double loss, double learningRate, double gradientNorm) {}

    UpdateRunner(RunParts parts, Divergence divergence) {
        this.parts = parts;
        this.divergence = divergence;
    }

    Outcome run(RunState before) {
        UpdateBatches update = UpdateBatches.of(
                parts.data().training(), parts.geometry(), before.position().step());
        RunState state = before;
        while (state.position().accumulated() < update.size()) {
            state = accumulate(update, state);
            boolean last = state.position().accumulated() == update.size();
            if (!last && parts.stop().getAsBoolean()) {
                return new Outcome(state, false, 0, 0, 0);
            }
        }
        return update(state);
    }

    private RunState accumulate(UpdateBatches update, RunState state) {
        Batch batch = update.batches().get(state.position().accumulated());
        long step = state.position().step();
        long seed = DropoutSeeds.of(parts.plan().updates().seed(), state.position());
        double loss = MemoryGuard.ofStep(step + 1)
                .call(
                        batch,
                        whole -> parts.engine().accumulate(whole, update.weight(), seed),
                        // the run ends behind a trial, so what it leaves in the gradient is never used
                        fewer -> parts.engine().accumulate(fewer, 0, seed));
        divergence.require("the loss", loss, step);
        return state.afterMicroBatch(new LossSums(loss, batch.counted(), batch.tokens()));
    }

    private Outcome update(RunState state) {
        long step = state.position().step();
        double factor =
                parts.plan().updates().schedule().factor(step, parts.geometry().totalUpdates());
        TrainingEngine.Updated updated =
                parts.engine().update(parts.plan().updates().optimiser().ruleAt(factor));
        if (!updated.skipped()) {
            divergence.require("the gradient's norm", updated.norm(), step);
        }
        double rate = parts.plan().updates().optimiser().learningRate() * factor;
        return new Outcome(state.afterUpdate(), true, state.accumulation().mean(), rate, updated.norm());
    }
}
