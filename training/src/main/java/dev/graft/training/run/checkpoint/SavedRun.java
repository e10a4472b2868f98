package dev.graft.training.run.checkpoint;

import dev.graft.training.step.EngineState;

/**
 * What a checkpoint holds.
 *
 * @param checkpoint where it lies
 * @param state where the run is
 * @param engine what its engine holds
 */
public record SavedRun(Checkpoint checkpoint, RunState state, EngineState engine) {}
