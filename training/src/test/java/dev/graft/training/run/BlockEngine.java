package dev.graft.training.run;

import dev.graft.error.GraftException;
import dev.graft.training.step.DoneUpdate;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.PlannedUpdate;
import dev.graft.training.step.TrainingEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An engine that wants several updates at a time, which it gives to another one by one; keeps how many came each time. */
class BlockEngine extends WrappedEngine {
    final List<Integer> blocks = new ArrayList<>();
    private final int most;

    BlockEngine(TrainingEngine engine, int most) {
        super(engine);
        this.most = most;
    }

    @Override
    public int updatesPerCall() {
        return most;
    }

    @Override
    public Optional<List<DoneUpdate>> updateAll(List<PlannedUpdate> updates) {
        blocks.add(updates.size());
        EngineState before = engine.state();
        try {
            List<DoneUpdate> done = updates.stream().map(this::run).toList();
            if (done.stream().allMatch(DoneUpdate::isFinite)) {
                return Optional.of(done);
            }
        } catch (GraftException e) {
            blocks.add(-1);
        }
        engine.restore(before);
        return Optional.empty();
    }

    private DoneUpdate run(PlannedUpdate update) {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < update.batches().size(); i++) {
            losses.add(accumulate(
                    update.batches().get(i), update.weight(), update.seeds().get(i)));
        }
        return new DoneUpdate(losses, update(update.rule()).norm());
    }
}
