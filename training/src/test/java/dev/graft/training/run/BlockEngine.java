package dev.graft.training.run;

import dev.graft.error.GraftException;
import dev.graft.training.step.Batch;
import dev.graft.training.step.DoneUpdate;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.PlannedUpdate;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainingEngine;
import dev.graft.training.step.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An engine that wants several updates at a time, which it gives to another one by one; keeps how many came each time. */
class BlockEngine implements TrainingEngine {
    final List<Integer> blocks = new ArrayList<>();
    private final TrainingEngine engine;
    private final int most;

    BlockEngine(TrainingEngine engine, int most) {
        this.engine = engine;
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

    @Override
    public TrainableLayout layout() {
        return engine.layout();
    }

    @Override
    public double accumulate(Batch batch, float weight, long seed) {
        return engine.accumulate(batch, weight, seed);
    }

    @Override
    public Updated update(UpdateRule rule) {
        return engine.update(rule);
    }

    @Override
    public Evaluation evaluate(Batch batch) {
        return engine.evaluate(batch);
    }

    @Override
    public EngineState state() {
        return engine.state();
    }

    @Override
    public void restore(EngineState state) {
        engine.restore(state);
    }

    @Override
    public Optional<TrainableLayout.Entry> firstNotFinite() {
        return engine.firstNotFinite();
    }

    @Override
    public void close() {
        engine.close();
    }
}
