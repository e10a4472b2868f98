package dev.graft.training.run.evaluation;

import dev.graft.training.run.plan.Metric;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an evaluation has measured.
 *
 * @param values by metric; {@link Metric#LOSS} is always there
 * @param counted the number of labels that the loss is the mean over
 */
public record EvaluationResult(Map<Metric, Double> values, long counted) {
    public EvaluationResult {
        values = Collections.unmodifiableMap(new EnumMap<>(values));
    }

    /** The mean loss. */
    public double loss() {
        return value(Metric.LOSS);
    }

    /** The value of a metric that the task has; NaN for another one. */
    public double value(Metric metric) {
        return values.getOrDefault(metric, Double.NaN);
    }

    /** The values by the names that logs use: {@code eval_loss}. */
    public Map<String, Double> named() {
        Map<String, Double> named = new TreeMap<>();
        values.forEach((metric, value) -> named.put("eval_" + metric.displayName(), value));
        return named;
    }
}
