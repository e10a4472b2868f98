package dev.graft.training.config;

import java.util.OptionalInt;

/**
 * When the loss on held-out rows is computed, and what follows from it.
 *
 * @param interval when
 * @param steps updates between two evaluations
 * @param patience how many evaluations in a row may bring nothing better before training stops; empty for no such stop
 * @param loadBest whether the adapter that was best is what training ends with
 * @param metric what makes a checkpoint the best, such as {@code eval_loss} or {@code eval_accuracy}
 * @param greaterIsBetter whether more of it is better
 */
public record EvaluationOptions(
        Interval interval, int steps, OptionalInt patience, boolean loadBest, String metric, boolean greaterIsBetter) {
    static EvaluationOptions read(SettingReader reader, int saveSteps) {
        Interval interval = reader.choice("eval_strategy", Interval.NO);
        String metric = reader.text("metric_for_best_model").orElse("eval_loss");
        if (!metric.startsWith("eval_")) {
            metric = "eval_" + metric;
        }
        boolean isError = metric.endsWith("loss") || metric.endsWith("perplexity") || metric.endsWith("mse");
        EvaluationOptions options = new EvaluationOptions(
                interval,
                reader.count("eval_steps", saveSteps, 1),
                reader.optionalCount("early_stopping_steps", OptionalInt.empty(), 1),
                reader.flag("load_best_model_at_end", false),
                metric,
                reader.flag("greater_is_better", !isError));
        reader.effective().put("metric_for_best_model", dev.graft.adapter.format.json.JsonValue.of(metric));
        if (interval == Interval.NO) {
            refuseWithoutEvaluation(reader, "load_best_model_at_end", options.loadBest());
            refuseWithoutEvaluation(
                    reader, "early_stopping_steps", options.patience().isPresent());
        }
        return options;
    }

    /** Whether evaluations decide what training ends with. */
    boolean decide() {
        return loadBest || patience.isPresent();
    }

    private static void refuseWithoutEvaluation(SettingReader reader, String key, boolean asked) {
        if (asked) {
            throw reader.source()
                    .invalid(
                            key,
                            key + " needs evaluations, but eval_strategy is no",
                            "Set eval_strategy: steps and an eval_dataset or val_size.");
        }
    }
}
