package dev.graft.training.run;

import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainingEngine;
import dev.graft.training.step.UpdateRule;
import java.util.Optional;

/** An engine of which a test replaces one thing. */
class WrappedEngine implements TrainingEngine {
    final TrainingEngine engine;

    WrappedEngine(TrainingEngine engine) {
        this.engine = engine;
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
