package dev.graft.training.run;

import dev.graft.training.run.checkpoint.LossSums;
import dev.graft.training.run.checkpoint.Position;
import dev.graft.training.run.checkpoint.RunState;
import dev.graft.training.step.Batch;
import dev.graft.training.step.DoneUpdate;
import dev.graft.training.step.PlannedUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/** Runs several updates in one call of the engine, where it wants that; the data of all of them are in memory at once. */
final class BlockRunner {
    private final RunParts parts;
    /** The updates of a block that could not be run are run one by one, which tells what is wrong with them. */
    private long oneByOneUntil;

    /**
     * An update that was run with others.
     *
     * @param batches one for each micro-batch
     * @param learningRate what it went by, without LoRA+
     * @param gradientNorm before clipping
     */
    record Ran(List<LossSums> batches, double learningRate, double gradientNorm) {
        /** What came of it, from the state before it on. */
        UpdateRunner.Outcome after(RunState before) {
            RunState state = before;
            for (LossSums batch : batches) {
                state = state.afterMicroBatch(batch);
            }
            double loss = state.accumulation().mean();
            return new UpdateRunner.Outcome(state.afterUpdate(), true, loss, learningRate, gradientNorm);
        }
    }

    BlockRunner(RunParts parts) {
        this.parts = parts;
    }

    /**
     * Runs the next updates.
     *
     * @param ends whether something is due when so many updates of the run have been done, so that a block must end there
     * @return one for each update, in order; none if the next is to be run by itself
     */
    List<Ran> run(RunState before, LongPredicate ends) {
        long first = before.position().step();
        int most = parts.engine().updatesPerCall();
        if (most == 0 || before.position().accumulated() > 0 || first < oneByOneUntil) {
            return List.of();
        }
        List<PlannedUpdate> planned = new ArrayList<>();
        do {
            planned.add(plan(first + planned.size()));
        } while (planned.size() < most && !ends.test(first + planned.size()));
        Optional<List<DoneUpdate>> done = parts.engine().updateAll(planned);
        if (done.isEmpty()) {
            oneByOneUntil = first + planned.size();
            return List.of();
        }
        List<Ran> ran = new ArrayList<>();
        for (int i = 0; i < planned.size(); i++) {
            ran.add(ran(planned.get(i), done.get().get(i), first + i));
        }
        return ran;
    }

    private PlannedUpdate plan(long step) {
        UpdateBatches update = UpdateBatches.of(parts.data().training(), parts.geometry(), step);
        List<Long> seeds = new ArrayList<>();
        for (int i = 0; i < update.size(); i++) {
            seeds.add(DropoutSeeds.of(parts.plan().updates().seed(), new Position(step, i)));
        }
        return new PlannedUpdate(
                update.batches(),
                update.weight(),
                seeds,
                parts.plan().updates().optimiser().ruleAt(factor(step)));
    }

    private Ran ran(PlannedUpdate planned, DoneUpdate done, long step) {
        List<LossSums> sums = new ArrayList<>();
        for (int i = 0; i < planned.batches().size(); i++) {
            Batch batch = planned.batches().get(i);
            sums.add(new LossSums(done.losses().get(i), batch.counted(), batch.tokens()));
        }
        double rate = parts.plan().updates().optimiser().learningRate() * factor(step);
        return new Ran(sums, rate, done.norm());
    }

    private double factor(long step) {
        return parts.plan().updates().schedule().factor(step, parts.geometry().totalUpdates());
    }
}
