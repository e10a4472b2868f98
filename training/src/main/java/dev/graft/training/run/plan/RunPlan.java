package dev.graft.training.run.plan;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that a run goes by, apart from model and data.
 *
 * @param task what is trained
 * @param updates what every update is made of
 * @param evaluation when to evaluate and what follows from it
 * @param output what is written, where and when
 * @param identity what else must be the same for a run to be resumed, by the names that a user knows: model, data, rank ...
 */
public record RunPlan(
        Task task, UpdatePlan updates, EvaluationPlan evaluation, OutputPlan output, Map<String, String> identity) {
    public RunPlan {
        identity = Collections.unmodifiableMap(new TreeMap<>(identity));
    }

    /** The same, which can only be resumed while what is given besides stays the same too. */
    public RunPlan with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(identity);
        all.putAll(more);
        return new RunPlan(task, updates, evaluation, output, all);
    }
}
