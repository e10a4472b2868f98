package dev.graft.training.run;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.EvaluationPlan;
import dev.graft.training.run.plan.Metric;
import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.run.plan.RunPlan;
import java.util.stream.Collectors;

/** What would only come to light after an hour of training. */
final class PlanChecks {
    private PlanChecks() {}

    static void require(RunPlan plan, TrainingData data) {
        if (data.training().perEpoch() < 1) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID, "there is nothing to train on", Location.NONE, "Give a file with rows.");
        }
        EvaluationPlan evaluation = plan.evaluation();
        boolean evaluates = evaluation.cadence().unit() != Cadence.Unit.NEVER;
        int batches = data.evaluation().map(MicroBatches::perEpoch).orElse(0);
        if (evaluates && batches < 1) {
            throw usage(
                    "evaluations are asked for, but there is nothing to evaluate on", "Give eval_dataset or val_size.");
        }
        if (!evaluates && (evaluation.loadBest() || evaluation.patience() > 0)) {
            throw usage(
                    "the best checkpoint and early stopping go by evaluations, but none are asked for",
                    "Set eval_strategy to steps or epoch.");
        }
        if (!plan.task().metrics().contains(evaluation.metric())) {
            throw usage(
                    "expected one of the metrics " + names(plan) + ", got "
                            + evaluation.metric().displayName(),
                    "Choose the best checkpoint by one of these (metric_for_best_model).");
        }
    }

    private static String names(RunPlan plan) {
        return plan.task().metrics().stream().sorted().map(Metric::displayName).collect(Collectors.joining(", "));
    }

    private static GraftException usage(String message, String remedy) {
        return new GraftException(ErrorCode.USAGE, message, Location.NONE, remedy);
    }
}
