package dev.graft.training.config;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.peft.LoraScaling;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What is learnt.
 *
 * @param type low-rank pairs, or whole weights
 * @param targets the modules that get a pair
 * @param layers the numbers of the layers whose modules do; empty for all
 * @param rank the rank
 * @param alpha the numerator of the scaling
 * @param patterns the modules with another rank or alpha
 * @param dropout how much of a branch's input is dropped while training
 * @param rankStabilized whether alpha is divided by the rank's root
 * @param dora whether a magnitude per output is learnt too
 * @param initial what the factors start from
 * @param modulesToSave modules that are trained whole
 * @param biases which of the base's biases are trained too
 * @param branchBias whether each pair has a bias of its own
 */
public record AdapterOptions(
        FinetuningType type,
        Targets targets,
        List<Integer> layers,
        int rank,
        double alpha,
        PatternOptions patterns,
        double dropout,
        boolean rankStabilized,
        boolean dora,
        InitialFactors initial,
        List<String> modulesToSave,
        TrainedBiases biases,
        boolean branchBias) {
    public AdapterOptions {
        layers = List.copyOf(layers);
        modulesToSave = List.copyOf(modulesToSave);
    }

    static AdapterOptions read(SettingReader reader) {
        FinetuningType type = type(reader);
        int rank = reader.count("lora_rank", 8, 1);
        double alpha = reader.optionalNumber("lora_alpha", NumberRange.above(0)).orElse(2.0 * rank);
        reader.effective().put("lora_alpha", JsonValue.of(alpha));
        AdapterOptions options = new AdapterOptions(
                type,
                Targets.read(reader),
                reader.counts("layers_to_transform"),
                rank,
                alpha,
                PatternOptions.read(reader),
                reader.number("lora_dropout", 0, NumberRange.between(0, 0.99)),
                reader.flag("use_rslora", false),
                reader.flag("use_dora", false),
                reader.choice("lora_init", InitialFactors.KAIMING),
                reader.texts("additional_target"),
                reader.choice("bias", TrainedBiases.NONE),
                reader.flag("lora_bias", false));
        options.check(reader.source());
        return options;
    }

    /**
     * Rank and scaling of each module.
     *
     * @param file the configuration, for messages
     */
    public LoraScaling scaling(Path file) {
        return patterns.scaling(file, rank, alpha, rankStabilized);
    }

    /** What PEFT refuses too, or does not know. */
    private void check(ConfigSource source) {
        boolean full = type == FinetuningType.FULL;
        requireLora(source, full && dora, "use_dora: true");
        requireLora(
                source,
                full && biases != TrainedBiases.NONE,
                "bias: " + biases.name().toLowerCase(Locale.ROOT));
        requireLora(source, full && branchBias, "lora_bias: true");
        if (dora && branchBias) {
            throw source.invalid(
                    "lora_bias",
                    "lora_bias: true and use_dora: true do not go together",
                    "Choose one of them; bias: lora_only trains the modules' own biases beside magnitudes.");
        }
    }

    private static void requireLora(ConfigSource source, boolean violated, String line) {
        if (violated) {
            String key = line.substring(0, line.indexOf(':'));
            throw source.invalid(key, line + " needs finetuning_type: lora", "Leave it out.");
        }
    }

    private static FinetuningType type(SettingReader reader) {
        String key = "finetuning_type";
        boolean foreign = reader.source().value(key).orElse(null) instanceof YamlValue.Scalar scalar
                && List.of("freeze", "oft", "none").contains(scalar.text());
        if (foreign) {
            throw reader.source()
                    .invalid(
                            key,
                            "finetuning_type: " + reader.text(key).orElse("")
                                    + " is not supported: only low-rank pairs (lora) and whole weights (full) are trained",
                            "Write lora, with layers_to_transform where only some layers are to learn.");
        }
        return reader.choice(key, FinetuningType.LORA);
    }
}
