package dev.graft.training.run;

import dev.graft.training.run.checkpoint.Checkpoint;
import dev.graft.training.run.checkpoint.Position;
import dev.graft.training.run.checkpoint.RunState;
import dev.graft.training.run.evaluation.BestSoFar;
import dev.graft.training.run.evaluation.EvaluationResult;
import dev.graft.training.run.evaluation.Evaluator;
import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.EvaluationPlan;
import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.run.plan.OutputPlan;
import dev.graft.training.run.report.EvaluationReport;
import dev.graft.training.run.report.PeakMemory;
import dev.graft.training.run.report.RunResult.Stopped;
import dev.graft.training.run.report.StepReport;
import dev.graft.training.step.EngineState;
import java.util.List;
import java.util.Optional;

/** Update after update, each followed by the log line, the evaluation and the checkpoint that are due. */
final class RunLoop {
    private final RunParts parts;
    private final Pace pace;
    private final Divergence divergence;
    private final UpdateRunner updates;
    private final BlockRunner blocks;
    private final EvaluationPlan evaluation;
    private final OutputPlan output;
    private RunState state;
    private Optional<Position> saved;

    /**
     * A loop at some place.
     *
     * @param state where it is
     * @param saved the checkpoint that it goes on from
     */
    RunLoop(RunParts parts, Pace pace, RunState state, Optional<Checkpoint> saved) {
        this.parts = parts;
        this.pace = pace;
        this.divergence = new Divergence(parts.engine(), parts.store());
        this.updates = new UpdateRunner(parts, divergence);
        this.blocks = new BlockRunner(parts);
        this.evaluation = parts.plan().evaluation();
        this.output = parts.plan().output();
        this.state = state;
        this.saved = saved.map(Checkpoint::position);
    }

    /** Where it is now. */
    RunState state() {
        return state.withSeconds(pace.elapsed());
    }

    /** Runs until it is done, hopeless or asked to stop, and then has a checkpoint of where it is, unless none are wanted. */
    Stopped run() {
        while (!isDone() && !state.best().isHopeless(evaluation)) {
            if (parts.stop().getAsBoolean()) {
                save();
                return Stopped.INTERRUPTED;
            }
            advance();
        }
        return isDone() ? Stopped.COMPLETED : Stopped.EARLY_STOPPING;
    }

    /** One update, or several that the engine does in one call, none of which but the last has anything due behind it. */
    private void advance() {
        long begin = pace.now();
        List<BlockRunner.Ran> block = blocks.run(state, this::isAnythingDue);
        if (block.isEmpty()) {
            finish(updates.run(state));
        }
        long end = pace.now();
        for (int i = 0; i < block.size(); i++) {
            if (i + 1 < block.size()) {
                pace.setTo(begin + (end - begin) / block.size() * (i + 1));
            } else {
                pace.goOn();
            }
            finish(block.get(i).after(state));
        }
    }

    private void finish(UpdateRunner.Outcome outcome) {
        state = outcome.state();
        if (outcome.complete()) {
            afterUpdate(outcome);
        }
    }

    /** The evaluation of the parameters that the engine has now. */
    EvaluationResult evaluate(MicroBatches data) {
        EvaluationResult result = Evaluator.evaluate(
                parts.plan().task(),
                data,
                batch -> MemoryGuard.ofEvaluation()
                        .call(
                                batch,
                                parts.engine()::evaluate,
                                fewer -> parts.engine().evaluate(fewer)));
        result.named().forEach((name, value) -> divergence.require(name, value, step() - 1));
        return result;
    }

    private void afterUpdate(UpdateRunner.Outcome outcome) {
        parts.listener().stepped(report(outcome, outcome.loss()));
        if (isDue(output.logging())) {
            parts.listener().logged(report(outcome, state.interval().mean()));
            state = state.afterLogging();
            pace.mark(state.run().tokens());
        }
        if (isDue(evaluation.cadence())) {
            parts.data().evaluation().ifPresent(this::evaluateAndCompare);
        }
        boolean newBest = evaluation.loadBest() && state.best().isAt(step());
        boolean last = state.best().isHopeless(evaluation) && isWanted(output.saving());
        if (isDue(output.saving()) || newBest || last) {
            save();
        }
    }

    private void evaluateAndCompare(MicroBatches data) {
        EvaluationResult result = evaluate(data);
        double measured = result.value(evaluation.metric());
        BestSoFar best = state.best().with(measured, step(), evaluation);
        state = state.afterEvaluation(result.loss(), best);
        parts.listener()
                .evaluated(new EvaluationReport(
                        step(),
                        parts.geometry().totalUpdates(),
                        parts.geometry().epochs(state.position()),
                        result,
                        best.isAt(step()),
                        pace.clock(step(), parts.geometry().totalUpdates())));
    }

    private void save() {
        if (saved.filter(state.position()::equals).isPresent()) {
            return;
        }
        EngineState engine = parts.engine().state();
        divergence.require(engine, step());
        parts.listener().saving();
        Checkpoint checkpoint = parts.store().save(state(), engine);
        saved = Optional.of(checkpoint.position());
        parts.store().prune(output.keep(), state.best());
        parts.listener().saved(checkpoint.folder());
    }

    private StepReport report(UpdateRunner.Outcome outcome, double loss) {
        long tokens = state.run().tokens();
        return new StepReport(
                step(),
                parts.geometry().totalUpdates(),
                parts.geometry().epochs(state.position()),
                loss,
                outcome.learningRate(),
                outcome.gradientNorm(),
                pace.tokensPerSecond(tokens),
                tokens,
                pace.clock(step(), parts.geometry().totalUpdates()),
                PeakMemory.megabytes());
    }

    /** Whether so many updates are followed by what needs the parameters as they are then, or by nothing. */
    private boolean isAnythingDue(long step) {
        return step >= parts.geometry().totalUpdates()
                || isDue(evaluation.cadence(), step)
                || isDue(output.saving(), step);
    }

    private boolean isDue(Cadence cadence) {
        return isDue(cadence, step());
    }

    /** The last update is always due, unless it is never. */
    private boolean isDue(Cadence cadence, long step) {
        long total = parts.geometry().totalUpdates();
        return cadence.isDue(step, parts.geometry().updatesPerEpoch(), total) || (step >= total && isWanted(cadence));
    }

    private static boolean isWanted(Cadence cadence) {
        return cadence.unit() != Cadence.Unit.NEVER;
    }

    private boolean isDone() {
        return step() >= parts.geometry().totalUpdates();
    }

    private long step() {
        return state.position().step();
    }
}
