package dev.graft.training.run.evaluation;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.HostTensor;
import dev.graft.training.run.plan.Metric;
import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.run.plan.Task;
import dev.graft.training.step.Batch;
import dev.graft.training.step.TrainingEngine.Evaluation;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** Runs evaluation data through a model and sums up in double, batch after batch, so that the same data gives the same bits. */
public final class Evaluator {
    private final Task task;
    private final ClassScores scores = new ClassScores();
    private double loss;
    private long counted;
    private double squares;
    private long numbers;

    private Evaluator(Task task) {
        this.task = task;
    }

    /**
     * Evaluates all batches of the first epoch.
     *
     * @param evaluate what the model does with a batch
     * @throws GraftException {@code INPUTS_INVALID} if no label counts or predictions are missing, and what the model throws
     */
    public static EvaluationResult evaluate(Task task, MicroBatches data, Function<Batch, Evaluation> evaluate) {
        Evaluator evaluator = new Evaluator(task);
        for (int index = 0; index < data.perEpoch(); index++) {
            Batch batch = data.batch(0, index);
            evaluator.add(batch, evaluate.apply(batch));
        }
        return evaluator.result();
    }

    private void add(Batch batch, Evaluation evaluation) {
        loss += evaluation.loss();
        counted += batch.counted();
        if (task == Task.CLASSIFICATION) {
            addClasses(predictions(evaluation), labels(batch));
        } else if (task == Task.REGRESSION) {
            addSquares(predictions(evaluation), labels(batch));
        }
    }

    private void addClasses(HostTensor predictions, HostTensor labels) {
        requireSameSize(predictions, labels);
        scores.add(predictions.toLongs(), labels.toLongs());
    }

    private void addSquares(HostTensor predictions, HostTensor labels) {
        requireSameSize(predictions, labels);
        double[] wanted = labels.toDoubles();
        double[] got = predictions.toDoubles();
        for (int i = 0; i < wanted.length; i++) {
            squares += (got[i] - wanted[i]) * (got[i] - wanted[i]);
        }
        numbers += wanted.length;
    }

    private EvaluationResult result() {
        if (counted == 0) {
            throw invalid(
                    "the evaluation data has no label that counts",
                    "Give rows that are not cut off before their answer.");
        }
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.LOSS, loss / counted);
        switch (task) {
            case LANGUAGE_MODEL -> values.put(Metric.PERPLEXITY, perplexity(loss / counted));
            case CLASSIFICATION -> values.putAll(scores.metrics());
            case REGRESSION -> values.put(Metric.MSE, squares / numbers);
            case GRAPH_LOSS -> {}
        }
        return new EvaluationResult(values, counted);
    }

    /** Stays finite, because logs have no infinity. */
    private static double perplexity(double mean) {
        return Math.min(StrictMath.exp(mean), Double.MAX_VALUE);
    }

    private static HostTensor predictions(Evaluation evaluation) {
        return evaluation
                .predictions()
                .orElseThrow(() -> invalid("the model gives no predictions to measure", "Evaluate by the loss alone."));
    }

    private static HostTensor labels(Batch batch) {
        return batch.labels().orElseThrow(() -> invalid("the evaluation data has no labels", "Give rows with labels."));
    }

    private static void requireSameSize(HostTensor predictions, HostTensor labels) {
        if (predictions.elements() != labels.elements()) {
            throw invalid(
                    "expected a prediction for each label of " + labels + ", got " + predictions,
                    "Check that the labels' shape is that of the model's output.");
        }
    }

    private static GraftException invalid(String message, String remedy) {
        return new GraftException(ErrorCode.INPUTS_INVALID, message, Location.NONE, remedy);
    }
}
