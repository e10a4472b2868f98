package dev.graft.training.run;

import dev.graft.training.run.checkpoint.CheckpointStore;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.step.TrainingEngine;
import java.util.function.BooleanSupplier;

/** What a run works with. */
record RunParts(
        TrainingEngine engine,
        RunPlan plan,
        TrainingData data,
        RunGeometry geometry,
        CheckpointStore store,
        RunListener listener,
        BooleanSupplier stop) {}
