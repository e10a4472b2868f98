package dev.graft.training.run.report;

import dev.graft.adapter.format.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a run came to.
 *
 * @param stopped why it ended
 * @param steps how many updates have been done
 * @param trainSeconds how long it took, over all its processes
 * @param tokensPerSecond tokens, or rows of data that is no text, over that time
 * @param trainLoss the mean over the labels of all updates
 * @param evalLoss of the parameters that were written, where there were evaluations; of the last evaluation in a run that was stopped
 * @param bestStep after how many updates the best evaluation was
 * @param peakMemoryMb this process's largest resident memory in MiB, where the system tells
 */
public record RunResult(
        Stopped stopped,
        long steps,
        double trainSeconds,
        double tokensPerSecond,
        double trainLoss,
        OptionalDouble evalLoss,
        OptionalLong bestStep,
        OptionalDouble peakMemoryMb) {
    /** Why a run ended. */
    public enum Stopped {
        /** All updates were done. */
        COMPLETED,
        /** Evaluations no longer got better. */
        EARLY_STOPPING,
        /** It was asked to; a checkpoint was saved to go on from. */
        INTERRUPTED
    }

    /** As one JSON object, in the names that logs use; what is not known is left out. */
    public JsonValue.JsonObject toJson() {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        members.put("stopped", JsonValue.of(stopped.name().toLowerCase(Locale.ROOT)));
        members.put("steps", JsonValue.of(steps));
        members.put("train_seconds", JsonValue.of(trainSeconds));
        members.put("tokens_per_second", JsonValue.of(tokensPerSecond));
        members.put("train_loss", JsonValue.of(trainLoss));
        evalLoss.ifPresent(value -> members.put("eval_loss", JsonValue.of(value)));
        bestStep.ifPresent(value -> members.put("best_step", JsonValue.of(value)));
        peakMemoryMb.ifPresent(value -> members.put("peak_memory_mb", JsonValue.of(value)));
        return new JsonValue.JsonObject(members);
    }
}
