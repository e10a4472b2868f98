package dev.graft.training.config;

import dev.graft.adapter.format.json.JsonValue;
import java.util.List;

/**
 * What is learnt.
 *
 * @param type low-rank pairs, or whole weights
 * @param targets the modules that get a pair
 * @param layers the numbers of the layers whose modules do; empty for all
 * @param rank the rank
 * @param alpha the numerator of the scaling
 * @param dropout how much of a branch's input is dropped while training
 * @param rankStabilized whether alpha is divided by the rank's root
 * @param dora whether a magnitude per output is learnt too
 * @param initial what the factors start from
 * @param modulesToSave modules that are trained whole
 */
public record AdapterOptions(
        FinetuningType type,
        Targets targets,
        List<Integer> layers,
        int rank,
        double alpha,
        double dropout,
        boolean rankStabilized,
        boolean dora,
        InitialFactors initial,
        List<String> modulesToSave) {
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
                reader.number("lora_dropout", 0, NumberRange.between(0, 0.99)),
                reader.flag("use_rslora", false),
                reader.flag("use_dora", false),
                reader.choice("lora_init", InitialFactors.KAIMING),
                reader.texts("additional_target"));
        if (type == FinetuningType.FULL && options.dora()) {
            throw reader.source().invalid("use_dora", "use_dora: true needs finetuning_type: lora", "Leave it out.");
        }
        return options;
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
