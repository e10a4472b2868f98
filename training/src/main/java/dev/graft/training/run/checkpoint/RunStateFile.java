package dev.graft.training.run.checkpoint;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.JsonValue.JsonObject;
import dev.graft.adapter.format.json.PythonJson;
import dev.graft.error.ErrorCode;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.run.evaluation.BestSoFar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Reads and writes {@code state.json}. */
final class RunStateFile {
    static final String NAME = "state.json";

    /** Counted up whenever what a state or its plan says changes its meaning. */
    private static final String FORMAT = "graft-run-state-3";

    private static final Pattern ANY_FORMAT = Pattern.compile("graft-run-state-[0-9]{1,9}");

    /** A state and the plan's keys that it was reached with. */
    record Content(RunState state, Map<String, String> plan) {}

    private RunStateFile() {}

    static void write(Path folder, RunState state, Map<String, String> plan) {
        Path file = folder.resolve(NAME);
        Map<String, JsonValue> members = new LinkedHashMap<>();
        members.put("format", JsonValue.of(FORMAT));
        members.put("step", JsonValue.of(state.position().step()));
        members.put("accumulated", JsonValue.of(state.position().accumulated()));
        members.put("accumulation", sums(state.accumulation()));
        members.put("interval", sums(state.interval()));
        members.put("run", sums(state.run()));
        members.put("best", best(state.best()));
        members.put("eval_loss", optional(state.evaluationLoss()));
        members.put("seconds", StateFields.exact(state.seconds()));
        Map<String, JsonValue> keys = new LinkedHashMap<>();
        plan.forEach((key, value) -> keys.put(key, JsonValue.of(value)));
        members.put("plan", new JsonObject(keys));
        try {
            Files.writeString(file, PythonJson.write(new JsonObject(members)) + "\n");
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
    }

    private static JsonValue sums(LossSums sums) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        members.put("loss", StateFields.exact(sums.loss()));
        members.put("counted", JsonValue.of(sums.counted()));
        members.put("tokens", JsonValue.of(sums.tokens()));
        return new JsonObject(members);
    }

    private static JsonValue best(BestSoFar best) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        members.put("value", optional(best.value()));
        members.put("step", best.step().isPresent() ? JsonValue.of(best.step().getAsLong()) : JsonValue.ofNull());
        members.put("without_gain", JsonValue.of(best.withoutGain()));
        return new JsonObject(members);
    }

    private static JsonValue optional(OptionalDouble value) {
        return value.isPresent() ? StateFields.exact(value.getAsDouble()) : JsonValue.ofNull();
    }

    /** Reads a state; {@code CHECKPOINT_INVALID} or {@code JSON_MALFORMED} if it is damaged. */
    static Content read(Path folder) {
        Path file = folder.resolve(NAME);
        StateFields fields = new StateFields(JsonFiles.readObject(file), file);
        requireFormat(fields, file);
        RunState state = new RunState(
                new Position(fields.count("step"), fields.smallCount("accumulated")),
                sums(fields.object("accumulation")),
                sums(fields.object("interval")),
                sums(fields.object("run")),
                best(fields.object("best")),
                fields.optionalExact("eval_loss"),
                fields.exact("seconds"));
        return new Content(state, fields.texts("plan"));
    }

    private static void requireFormat(StateFields fields, Path file) {
        String format = fields.text("format");
        if (ANY_FORMAT.matcher(format).matches() && !format.equals(FORMAT)) {
            throw new GraftException(
                    ErrorCode.CHECKPOINT_INVALID,
                    "the checkpoint is another version of Graft's: expected " + FORMAT + ", got " + format,
                    Location.ofFile(file),
                    "Finish the run with the version that began it, or begin another run in a new output folder.");
        }
        if (!format.equals(FORMAT)) {
            throw fields.wrong("format", FORMAT);
        }
    }

    private static LossSums sums(StateFields fields) {
        return new LossSums(fields.exact("loss"), fields.count("counted"), fields.count("tokens"));
    }

    private static BestSoFar best(StateFields fields) {
        BestSoFar best = new BestSoFar(
                fields.optionalExact("value"), fields.optionalCount("step"), fields.smallCount("without_gain"));
        if (best.value().isPresent() != best.step().isPresent()) {
            throw fields.wrong("step", "a step beside the value");
        }
        return best;
    }
}
