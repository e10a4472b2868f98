package dev.graft.training.run.evaluation;

import dev.graft.training.run.plan.Metric;
import dev.graft.training.step.Batch;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** How often each class was found, missed and taken for another one. */
final class ClassScores {
    private static final class Counts {
        private long found;
        private long missed;
        private long mistaken;

        /** 2 TP / (2 TP + FP + FN); 0 where there is nothing to find, as in scikit-learn. */
        private double f1() {
            long all = 2 * found + missed + mistaken;
            return all == 0 ? 0 : 2.0 * found / all;
        }
    }

    private final Map<Long, Counts> classes = new TreeMap<>();
    private long rows;
    private long right;

    /** Takes the rows of a batch in; a label that is ignored does not count. */
    void add(long[] predictions, long[] labels) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != Batch.IGNORED) {
                add(predictions[i], labels[i]);
            }
        }
    }

    private void add(long prediction, long label) {
        rows++;
        if (prediction == label) {
            right++;
            of(label).found++;
        } else {
            of(label).missed++;
            of(prediction).mistaken++;
        }
    }

    private Counts of(long id) {
        return classes.computeIfAbsent(id, absent -> new Counts());
    }

    Map<Metric, Double> metrics() {
        double macro =
                classes.values().stream().mapToDouble(Counts::f1).average().orElse(0);
        boolean binary = classes.keySet().stream().allMatch(id -> id == 0 || id == 1);
        Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
        metrics.put(Metric.ACCURACY, rows == 0 ? 0 : (double) right / rows);
        metrics.put(Metric.F1, binary ? of(1).f1() : macro);
        metrics.put(Metric.F1_MACRO, macro);
        return metrics;
    }
}
