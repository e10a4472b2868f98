package dev.graft.training.run.evaluation;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.run.plan.Metric;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
        return values.getOrDefault(Metric.LOSS, Double.NaN);
    }

    /**
     * The value of a metric.
     *
     * @throws GraftException {@code USAGE} if evaluations of this task do not have it
     */
    public double value(Metric metric) {
        Double value = values.get(metric);
        if (value == null) {
            throw new GraftException(
                    ErrorCode.USAGE,
                    "expected one of the metrics " + names() + ", got " + metric.displayName(),
                    Location.NONE,
                    "Choose the best checkpoint by one of these.");
        }
        return value;
    }

    /** The values by the names that logs use: {@code eval_loss}. */
    public Map<String, Double> named() {
        Map<String, Double> named = new TreeMap<>();
        values.forEach((metric, value) -> named.put("eval_" + metric.displayName(), value));
        return named;
    }

    private String names() {
        return values.keySet().stream().map(Metric::displayName).collect(Collectors.joining(", "));
    }
}
