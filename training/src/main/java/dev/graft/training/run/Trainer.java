package dev.graft.training.run;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.run.checkpoint.AdapterWriter;
import dev.graft.training.run.checkpoint.Checkpoint;
import dev.graft.training.run.checkpoint.CheckpointStore;
import dev.graft.training.run.checkpoint.PlanKeys;
import dev.graft.training.run.checkpoint.RunState;
import dev.graft.training.run.checkpoint.SavedRun;
import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.run.plan.OutputPlan;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.plan.Start;
import dev.graft.training.run.report.PeakMemory;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.run.report.RunResult.Stopped;
import dev.graft.training.run.report.RunStart;
import dev.graft.training.run.report.TensorBoardLog;
import dev.graft.training.run.report.TrainerLog;
import dev.graft.training.step.TrainingEngine;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Trains what an engine holds, by a plan, from the beginning or from the newest checkpoint.
 *
 * <p>A run that is resumed, after it was stopped or killed at any moment, ends with the same parameters to the bit as one that was never
 * stopped, provided that the engine gives the same numbers for the same batch.
 *
 * @param engine with its first parameters; stays the caller's to close
 * @param plan what to do
 * @param data what to learn from
 * @param adapter writes the adapter into each checkpoint and at the end
 */
public record Trainer(TrainingEngine engine, RunPlan plan, TrainingData data, AdapterWriter adapter) {
    /**
     * Runs to the end, or until it is asked to stop.
     *
     * @param listeners are told what happens
     * @param stop is asked after every micro-batch, or between the calls of an engine that does several updates in one; a run that it
     *     stops saves a checkpoint there
     * @throws GraftException {@code TRAINING_DIVERGED}, {@code OUT_OF_MEMORY}, {@code CHECKPOINT_INVALID} if it cannot go on from what is
     *     there, {@code OUTPUT_EXISTS}, {@code OUTPUT_BUSY}, {@code IO_FAILED}, {@code INPUTS_INVALID}, {@code USAGE}, {@code RUNTIME_FAILED}
     */
    public RunResult run(List<RunListener> listeners, BooleanSupplier stop) {
        return run(listeners, stop, System::nanoTime, InstantSource.system());
    }

    RunResult run(List<RunListener> listeners, BooleanSupplier stop, LongSupplier nanoTime, InstantSource wallClock) {
        PlanChecks.require(plan, data);
        OutputPlan output = plan.output();
        try (RunFolder folder = RunFolder.open(output.folder())) {
            CheckpointStore store = store();
            folder.prepare(output, store);
            Optional<SavedRun> saved =
                    output.start() == Start.RESUME ? store.newest().map(store::load) : Optional.empty();
            saved.ifPresent(run -> engine.restore(run.engine()));
            RunState begin = saved.map(SavedRun::state).orElse(RunState.START);
            try (TrainerLog log =
                            TrainerLog.open(output.folder(), begin.position().step());
                    Events events = Events.open(output, saved, wallClock)) {
                List<RunListener> all = new ArrayList<>(List.of(log));
                events.log().ifPresent(all::add);
                all.addAll(listeners);
                RunParts parts = parts(store, new Listeners(List.copyOf(all)), stop);
                return run(parts, folder, begin, saved.map(SavedRun::checkpoint), nanoTime);
            }
        }
    }

    private RunResult run(
            RunParts parts, RunFolder folder, RunState begin, Optional<Checkpoint> from, LongSupplier nanoTime) {
        long done = begin.position().step();
        parts.listener()
                .started(new RunStart(
                        done,
                        parts.geometry().totalUpdates(),
                        parts.geometry().updatesPerEpoch(),
                        engine.layout().size(),
                        from.map(Checkpoint::folder)));
        Pace pace = new Pace(nanoTime, begin.seconds(), done, begin.run().tokens());
        RunLoop loop = new RunLoop(parts, pace, begin, from);
        Stopped stopped = loop.run();
        RunResult result = stopped == Stopped.INTERRUPTED
                ? result(loop.state(), stopped, loop.state().evaluationLoss())
                : result(loop.state(), stopped, writeAdapter(parts, loop));
        if (stopped != Stopped.INTERRUPTED) {
            folder.writeResults(result);
        }
        parts.listener().finished(result);
        return result;
    }

    /** Writes the last or the best parameters; the loss is theirs. */
    private OptionalDouble writeAdapter(RunParts parts, RunLoop loop) {
        RunState state = loop.state();
        OptionalDouble loss = state.evaluationLoss();
        boolean bestIsPast = state.best().step().isPresent()
                && !state.best().isAt(state.position().step());
        if (plan.evaluation().loadBest() && bestIsPast) {
            engine.restore(parts.store().load(best(parts.store(), state)).engine());
            loss = OptionalDouble.of(
                    loop.evaluate(data.evaluation().orElseThrow()).loss());
        }
        adapter.write(plan.output().folder(), engine.state().parameters());
        return loss;
    }

    private Checkpoint best(CheckpointStore store, RunState state) {
        return store.best(state.best())
                .orElseThrow(() -> new GraftException(
                        ErrorCode.CHECKPOINT_INVALID,
                        "the checkpoint of the best evaluation, at step "
                                + state.best().step().getAsLong() + ", is gone",
                        Location.ofFile(plan.output().folder()),
                        "Take the adapter from the newest checkpoint, or train again."));
    }

    private RunResult result(RunState state, Stopped stopped, OptionalDouble evaluationLoss) {
        double seconds = state.seconds();
        return new RunResult(
                stopped,
                state.position().step(),
                seconds,
                seconds > 0 ? state.run().tokens() / seconds : 0,
                state.run().mean(),
                evaluationLoss,
                state.best().step(),
                PeakMemory.megabytes());
    }

    private CheckpointStore store() {
        int evaluationBatches = data.evaluation().map(MicroBatches::perEpoch).orElse(0);
        return new CheckpointStore(
                plan.output().folder().toAbsolutePath().normalize(),
                PlanKeys.of(plan, engine.layout(), data.training().perEpoch(), evaluationBatches),
                engine.layout().size(),
                adapter);
    }

    private RunParts parts(CheckpointStore store, RunListener listener, BooleanSupplier stop) {
        RunGeometry geometry = RunGeometry.of(data.training().perEpoch(), plan.updates());
        return new RunParts(engine, plan, data, geometry, store, listener, stop);
    }

    /** The event file, if one is wanted. */
    private record Events(Optional<TensorBoardLog> log) implements AutoCloseable {
        static Events open(OutputPlan output, Optional<SavedRun> saved, InstantSource clock) {
            if (!output.tensorBoard()) {
                return new Events(Optional.empty());
            }
            long first = saved.map(run -> run.state().position().step() + 1).orElse(0L);
            return new Events(Optional.of(new TensorBoardLog(output.folder(), first, clock)));
        }

        @Override
        public void close() {
            log.ifPresent(TensorBoardLog::close);
        }
    }
}
