package dev.graft.training.job;

import dev.graft.training.config.EvaluationOptions;
import dev.graft.training.config.Interval;
import dev.graft.training.config.Loss;
import dev.graft.training.config.OptimizerOptions;
import dev.graft.training.config.OutputOptions;
import dev.graft.training.config.ScheduleOptions;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.run.plan.AdamW;
import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.EvaluationPlan;
import dev.graft.training.run.plan.Metric;
import dev.graft.training.run.plan.OutputPlan;
import dev.graft.training.run.plan.RunLength;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.plan.Schedule;
import dev.graft.training.run.plan.Start;
import dev.graft.training.run.plan.Task;
import dev.graft.training.run.plan.UpdatePlan;
import dev.graft.training.run.plan.WarmUp;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a configuration is to the training loop. */
final class JobPlan {
    private JobPlan() {}

    static RunPlan of(TrainingConfig config) {
        return new RunPlan(task(config.loss()), updates(config), evaluation(config), output(config), config.identity());
    }

    private static Task task(Loss loss) {
        return switch (loss.kind()) {
            case CAUSAL_LM -> Task.LANGUAGE_MODEL;
            case CLASSIFICATION -> Task.CLASSIFICATION;
            case REGRESSION -> Task.REGRESSION;
            case OUTPUT -> Task.GRAPH_LOSS;
        };
    }

    private static UpdatePlan updates(TrainingConfig config) {
        ScheduleOptions schedule = config.schedule();
        OptimizerOptions optimizer = config.optimizer();
        RunLength length = schedule.steps().isPresent()
                ? RunLength.ofUpdates(schedule.steps().getAsInt())
                : RunLength.ofEpochs(schedule.epochs());
        WarmUp warmUp =
                schedule.warmupSteps() > 0 ? WarmUp.ofSteps(schedule.warmupSteps()) : WarmUp.ofRatio(schedule.warmup());
        Schedule.Kind kind = Schedule.Kind.valueOf(schedule.schedule().name());
        return new UpdatePlan(
                length, optimizer.accumulation(), adamW(optimizer), new Schedule(kind, warmUp), config.seed());
    }

    /** With these numbers AdamW is plain gradient descent where that is asked for. */
    private static AdamW adamW(OptimizerOptions options) {
        Optional<AdamW.LoraPlus> plus =
                options.loraPlusRatio().map(ratio -> new AdamW.LoraPlus(ratio, options.loraPlusEmbedding()));
        boolean adam = options.optimizer().isAdam();
        return new AdamW(
                options.learningRate(),
                options.weightDecay(),
                adam ? options.beta1() : 0,
                adam ? options.beta2() : 1,
                adam ? options.epsilon() : 1,
                options.maxGradientNorm(),
                plus);
    }

    private static EvaluationPlan evaluation(TrainingConfig config) {
        EvaluationOptions options = config.evaluation();
        return new EvaluationPlan(
                evaluations(config),
                metric(config),
                options.loadBest(),
                options.patience().orElse(0),
                0);
    }

    private static Metric metric(TrainingConfig config) {
        String name = config.evaluation().metric().substring("eval_".length());
        return Arrays.stream(Metric.values())
                .filter(metric -> metric.displayName().equals(name))
                .findFirst()
                .orElseThrow(() -> config.source()
                        .invalid(
                                "metric_for_best_model",
                                "expected metric_for_best_model to be one of "
                                        + Arrays.stream(Metric.values())
                                                .map(Metric::displayName)
                                                .collect(Collectors.joining(", "))
                                        + ", got '" + name + "'",
                                "Correct the value."));
    }

    /** Where held-out rows are given and nothing is said about when: once, at the end, which is always due. */
    private static Cadence evaluations(TrainingConfig config) {
        boolean given = !config.data().evaluation().isEmpty() || config.data().heldOut() > 0;
        boolean said = config.source().keys().contains("eval_strategy");
        return given && !said
                ? Cadence.everySteps(Integer.MAX_VALUE)
                : cadence(config.evaluation().interval(), config.evaluation().steps());
    }

    private static OutputPlan output(TrainingConfig config) {
        OutputOptions options = config.output();
        Start start = options.resume() ? Start.RESUME : options.overwrite() ? Start.OVERWRITE : Start.NEW;
        return new OutputPlan(
                options.folder(),
                start,
                Cadence.everySteps(options.loggingSteps()),
                cadence(options.saveInterval(), options.saveSteps()),
                options.keep().orElse(0),
                options.tensorboard());
    }

    private static Cadence cadence(Interval interval, int steps) {
        return switch (interval) {
            case NO -> Cadence.NEVER;
            case STEPS -> Cadence.everySteps(steps);
            case EPOCH -> Cadence.EVERY_EPOCH;
        };
    }
}
