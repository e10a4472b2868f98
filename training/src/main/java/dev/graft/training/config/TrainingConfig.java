package dev.graft.training.config;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.PythonJson;
import dev.graft.error.DidYouMean;
import dev.graft.error.GraftException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Everything that {@code graft train} is told.
 *
 * @param model what is trained on
 * @param adapter what is learnt
 * @param loss what is minimised
 * @param data what is learnt from
 * @param optimizer how values are updated
 * @param schedule how long, and the course of the learning rate
 * @param evaluation when held-out rows are looked at
 * @param output what is written
 * @param seed decides initial values and dropout
 * @param ignored keys that were given and have no effect
 * @param effective by key, what each amounts to: given or default; the same for the same training
 * @param source where each key stands, for errors about its value
 */
public record TrainingConfig(
        ModelOptions model,
        AdapterOptions adapter,
        Loss loss,
        DataOptions data,
        OptimizerOptions optimizer,
        ScheduleOptions schedule,
        EvaluationOptions evaluation,
        OutputOptions output,
        long seed,
        List<String> ignored,
        Map<String, JsonValue> effective,
        ConfigSource source) {
    /** Every key has a value in effect, whatever is given: the least that can be given shows them all. */
    private static final Set<String> OWN_KEYS = of(ConfigSource.ofTexts(
                    Map.of("model_name_or_path", "model.onnx", "dataset", "rows.jsonl", "output_dir", "out")))
            .effective()
            .keySet();

    public TrainingConfig {
        ignored = List.copyOf(ignored);
        effective = Collections.unmodifiableMap(new LinkedHashMap<>(effective));
    }

    /**
     * Reads a YAML file.
     *
     * @param overrides {@code key=value} texts, which go before the file's own
     * @throws GraftException {@code TRAINING_CONFIG_INVALID} with the line, {@code FILE_NOT_FOUND}, {@code IO_FAILED}
     */
    public static TrainingConfig read(Path file, List<String> overrides) {
        ConfigSource source = ConfigSource.read(file, overrides);
        refuseUnknown(source, OWN_KEYS);
        TrainingConfig config = of(source);
        config.model().adapter().ifPresent(config::checkStart);
        return config;
    }

    private static TrainingConfig of(ConfigSource source) {
        SettingReader reader = new SettingReader(source);
        List<String> ignored = ForeignKeys.ignored(source);
        long seed = reader.seed("seed", 42);
        OutputOptions output = OutputOptions.read(reader);
        return new TrainingConfig(
                ModelOptions.read(reader),
                AdapterOptions.read(reader),
                Loss.read(reader),
                DataOptions.read(reader, seed),
                OptimizerOptions.read(reader),
                ScheduleOptions.read(reader),
                EvaluationOptions.read(reader, output.saveSteps()),
                output,
                seed,
                ignored,
                reader.effective(),
                source);
    }

    /** An earlier adapter is gone on with: it must be of the kind that is trained, and stay. */
    private void checkStart(Path earlier) {
        String key = "adapter_name_or_path";
        if (adapter.type() == FinetuningType.FULL) {
            throw source.invalid(
                    key,
                    "adapter_name_or_path needs finetuning_type: lora",
                    "Merge the adapter into the base first, with graft merge, and train on the result.");
        }
        Path folder = output.folder().toAbsolutePath().normalize();
        if (earlier.toAbsolutePath().startsWith(folder)) {
            throw source.invalid(
                    key, "adapter_name_or_path lies in output_dir, which is written to", "Give another output_dir.");
        }
    }

    /** What must be the same for a run to go on, by key: all that is in effect but for what {@link ChangeableKeys} lets change. */
    public Map<String, String> identity() {
        Map<String, String> identity = new TreeMap<>();
        effective.forEach((key, value) -> {
            if (!ChangeableKeys.holds(key, evaluation)) {
                identity.put(
                        key,
                        PythonJson.write(value).replaceAll("\\s*\\n\\s*", " ").strip());
            }
        });
        return identity;
    }

    private static void refuseUnknown(ConfigSource source, Set<String> known) {
        Set<String> all = new LinkedHashSet<>(known);
        all.addAll(ForeignKeys.names());
        for (String key : source.keys()) {
            if (!all.contains(key)) {
                String meant = DidYouMean.sentence(key, all);
                throw source.invalid(
                        key,
                        "unknown key '" + key + "'",
                        meant.isEmpty() ? "The training guide lists all keys." : meant);
            }
        }
    }
}
