package dev.graft.training.run.checkpoint;

import dev.graft.compiler.verify.Sha256;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.run.plan.AdamW;
import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.EvaluationPlan;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.plan.Schedule;
import dev.graft.training.run.plan.UpdatePlan;
import dev.graft.training.step.TrainableLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What decides over a run's result, by the names of LLaMA-Factory's settings. When something is logged or saved does not, so a run may
 * be resumed with that changed; nor when it is evaluated, unless the best evaluation is what counts.
 */
public final class PlanKeys {
    private static final String CONTENT = "content of ";

    /** What another value of a key brings with it, and would only hide it in a message. */
    private static final Map<String, Set<String>> FOLLOWS =
            Map.of("optim", Set.of("adam_beta1", "adam_beta2", "adam_epsilon"), "loss", Set.of("task"));

    /** What no key sets, but many decide. */
    private static final Set<String> COUNTED =
            Set.of("micro_batches_per_epoch", "evaluation_batches", "trainable_tensors");

    private PlanKeys() {}

    /**
     * The keys of a run.
     *
     * @param perEpoch the number of micro-batches in an epoch
     * @param evaluationBatches the number of micro-batches that evaluations run over
     */
    public static Map<String, String> of(RunPlan plan, TrainableLayout layout, int perEpoch, int evaluationBatches) {
        Map<String, String> keys = new TreeMap<>(plan.identity());
        keys.put("task", plan.task().name());
        keys.put("micro_batches_per_epoch", Integer.toString(perEpoch));
        keys.put("trainable_tensors", digest(layout));
        put(keys, plan.updates());
        put(keys, plan.updates().optimiser());
        put(keys, plan.updates().schedule());
        put(keys, plan.evaluation());
        if (plan.evaluation().decides()) {
            put(keys, plan.evaluation().cadence());
            keys.put("evaluation_batches", Integer.toString(evaluationBatches));
        }
        return keys;
    }

    private static void put(Map<String, String> keys, UpdatePlan updates) {
        keys.put("num_train_epochs", Double.toString(updates.length().epochs()));
        keys.put("max_steps", Long.toString(updates.length().updates()));
        keys.put("gradient_accumulation_steps", Integer.toString(updates.accumulation()));
        keys.put("seed", Long.toString(updates.seed()));
    }

    private static void put(Map<String, String> keys, AdamW optimiser) {
        keys.put("learning_rate", Double.toString(optimiser.learningRate()));
        keys.put("weight_decay", Double.toString(optimiser.weightDecay()));
        keys.put("adam_beta1", Double.toString(optimiser.beta1()));
        keys.put("adam_beta2", Double.toString(optimiser.beta2()));
        keys.put("adam_epsilon", Double.toString(optimiser.epsilon()));
        keys.put("max_grad_norm", Double.toString(optimiser.maxGradientNorm()));
        keys.put(
                "loraplus_lr_ratio",
                optimiser
                        .loraPlus()
                        .map(rates -> Double.toString(rates.ratio()))
                        .orElse("none"));
        keys.put(
                "loraplus_lr_embedding",
                optimiser
                        .loraPlus()
                        .map(rates -> Double.toString(rates.embeddingLearningRate()))
                        .orElse("none"));
    }

    private static void put(Map<String, String> keys, Schedule schedule) {
        keys.put("lr_scheduler_type", schedule.kind().displayName());
        keys.put("warmup_steps", Long.toString(schedule.warmUp().steps()));
        keys.put("warmup_ratio", Double.toString(schedule.warmUp().ratio()));
    }

    private static void put(Map<String, String> keys, EvaluationPlan evaluation) {
        keys.put("metric_for_best_model", evaluation.metric().displayName());
        keys.put("load_best_model_at_end", Boolean.toString(evaluation.loadBest()));
        keys.put("early_stopping_steps", Integer.toString(evaluation.patience()));
        keys.put("early_stopping_threshold", Double.toString(evaluation.threshold()));
    }

    private static void put(Map<String, String> keys, Cadence evaluations) {
        keys.put("eval_strategy", evaluations.unit().name());
        keys.put("eval_steps", Double.toString(evaluations.every()));
    }

    /** The key of a file's content, whose value is a hash. */
    public static String contentOf(String file) {
        return CONTENT + file;
    }

    private static String digest(TrainableLayout layout) {
        Sha256 hash = new Sha256();
        layout.entries().forEach(entry -> hash.add(ByteBuffer.wrap((entry + "\n").getBytes(StandardCharsets.UTF_8))));
        return layout.size() + " values, sha256 " + hash.hex();
    }

    /** Refuses to go on with other keys than those that a checkpoint was made with; {@code CHECKPOINT_INVALID}. */
    static void requireSame(Map<String, String> saved, Map<String, String> now, Path file) {
        List<String> different = told(different(saved, now)).stream()
                .map(name -> difference(name, saved, now))
                .toList();
        if (!different.isEmpty()) {
            throw new GraftException(
                    ErrorCode.CHECKPOINT_INVALID,
                    "the checkpoint was made with " + String.join("; with ", different),
                    Location.ofFile(file),
                    "Resume with the settings and files that the run began with, or begin another run in a new output folder.");
        }
    }

    private static Set<String> different(Map<String, String> saved, Map<String, String> now) {
        Set<String> names = new TreeSet<>(saved.keySet());
        names.addAll(now.keySet());
        names.removeIf(name -> Objects.equals(saved.get(name), now.get(name)));
        return names;
    }

    /** Of what differs, that which is not a consequence of the rest. */
    private static Set<String> told(Set<String> different) {
        Set<String> told = new TreeSet<>(different);
        different.forEach(name -> told.removeAll(FOLLOWS.getOrDefault(name, Set.of())));
        if (!COUNTED.containsAll(told)) {
            told.removeAll(COUNTED);
        }
        return told;
    }

    private static String difference(String name, Map<String, String> saved, Map<String, String> now) {
        String before = saved.getOrDefault(name, "nothing");
        String after = now.getOrDefault(name, "nothing");
        return name.startsWith(CONTENT)
                ? "another " + name.substring(CONTENT.length()) + " (" + before + ", now " + after + ")"
                : name + " " + before + ", this run has " + after;
    }
}
