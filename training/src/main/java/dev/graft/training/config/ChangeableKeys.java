package dev.graft.training.config;

import java.util.Map;

/**
 * The keys that may be otherwise when a run goes on, each with the reason. All others must be what they were when it began: a new key that is
 * forgotten here is refused to change rather than changed without notice.
 */
final class ChangeableKeys {
    private static final String TELLS = "when something is told or kept changes nothing that is learnt";

    private static final Map<String, String> ALWAYS = Map.ofEntries(
            Map.entry("logging_steps", TELLS),
            Map.entry("report_to", TELLS),
            Map.entry("plot_loss", TELLS),
            Map.entry("save_strategy", TELLS),
            Map.entry("save_steps", TELLS),
            Map.entry("save_total_limit", TELLS),
            Map.entry("output_dir", "a run's folder may be moved"),
            Map.entry("overwrite_output_dir", "a run that goes on overwrites nothing"),
            Map.entry("resume_from_checkpoint", "it is what makes a run go on"),
            Map.entry(
                    "threads",
                    "a run may go on on another machine; the documentation says what that does to last bits"),
            Map.entry("updates_per_call", "updates in one call have the bytes of updates one by one"));

    private static final String MEASURES = "measuring changes nothing that is learnt";

    /** Unless a run ends with the best evaluation or stops by it. */
    private static final Map<String, String> WHILE_EVALUATIONS_DECIDE_NOTHING =
            Map.of("eval_strategy", MEASURES, "eval_steps", MEASURES, "per_device_eval_batch_size", MEASURES);

    private ChangeableKeys() {}

    /** Whether a key may be otherwise in a run with these evaluations. */
    static boolean holds(String key, EvaluationOptions evaluation) {
        return ALWAYS.containsKey(key) || (!evaluation.decide() && WHILE_EVALUATIONS_DECIDE_NOTHING.containsKey(key));
    }
}
