package dev.graft.adapter.format.peft;

import dev.graft.adapter.format.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The options of PEFT's {@code LoraConfig}: which say nothing about the result, and which are refused. */
final class LoraOptions {
    static final Set<String> KNOWN = Set.of(
            "r",
            "lora_alpha",
            "lora_dropout",
            "fan_in_fan_out",
            "bias",
            "use_rslora",
            "init_lora_weights",
            "layers_to_transform",
            "layers_pattern",
            "rank_pattern",
            "alpha_pattern",
            "megatron_config",
            "megatron_core",
            "trainable_token_indices",
            "loftq_config",
            "eva_config",
            "corda_config",
            "lora_ga_config",
            "use_dora",
            "lora_bias",
            "qalora_group_size",
            "ensure_weight_tying");

    private static final Map<String, String> REFUSED = new LinkedHashMap<>();
    private static final Map<String, String> UNMERGEABLE = new LinkedHashMap<>();

    static {
        UNMERGEABLE.put(
                "alora_invocation_tokens",
                "an activated LoRA acts only behind certain tokens; no weight can hold that");
        UNMERGEABLE.put("arrow_config", "Arrow routes between adapters by the input; no weight can hold that");
        REFUSED.put("layer_replication", "it repeats layers, so that the model is no longer the base");
        REFUSED.put("use_qalora", "QA-LoRA pools its input in groups and needs the GPTQ base that it was trained on");
        REFUSED.put("use_bdlora", "a block-diagonal LoRA stores its blocks in a layout of its own");
        REFUSED.put("monteclora_config", "MonteCLoRA draws its factors at random around those that it stores");
        REFUSED.put("velora_config", "VeLoRA stores a projection for its backward pass beside the factors");
        REFUSED.put(
                "target_parameters",
                "LoRA on expert parameters (three dimensions) does not say in its file which parameter a factor"
                        + " belongs to");
        REFUSED.put(
                "kasa_config", "KaSA takes the smallest singular values out of the base, which the file does not hold");
        REFUSED.put("enable_lora", "MergedLinear of the first PEFT versions stores groups in a layout of its own");
    }

    private static final List<String> CHANGES_BASE = List.of("pissa", "olora", "corda", "loftq", "lora_ga", "loraga");
    private static final Set<String> HARMLESS = Set.of("gaussian", "eva", "orthogonal", "mica");

    private LoraOptions() {}

    /** Refuses what cannot be merged; returns warnings about the rest. */
    static List<String> check(PeftFolder folder) {
        List<String> warnings = checkShared(folder, KNOWN);
        checkInit(folder, warnings);
        return warnings;
    }

    /** What LoRA and the methods whose options are LoRA's and some more have in common. */
    static List<String> checkShared(PeftFolder folder, Set<String> known) {
        ConfigKeys.refuse(folder, UNMERGEABLE, "Train it without this option.");
        ConfigKeys.refuse(folder, REFUSED, PeftFolder.MERGE_IN_PYTORCH + ", or train it without this option.");
        List<String> warnings = new ArrayList<>(ConfigKeys.warnAboutUnknown(folder, known));
        if (folder.config().flag("ensure_weight_tying")) {
            warnings.add("ensure_weight_tying: embedding and output head are treated as two uses, as before merging;"
                    + " PEFT's own merge adds the change to both");
        }
        return warnings;
    }

    private static void checkInit(PeftFolder folder, List<String> warnings) {
        if (!(folder.config().get("init_lora_weights") instanceof JsonValue.JsonText text)) {
            return;
        }
        String init = text.value().toLowerCase(Locale.ROOT);
        if (CHANGES_BASE.stream().anyMatch(init::startsWith)) {
            throw folder.unsupported(
                    "init_lora_weights '" + text.value()
                            + "' is not supported as it is: it changed the base when training"
                            + " began, and the file does not hold that change, so W + s·B·A is not what was trained",
                    "Convert it to an ordinary LoRA with PEFT: save the untrained adapter, then"
                            + " save_pretrained(..., path_initial_model_for_weight_conversion=FOLDER_OF_THE_UNTRAINED_ONE).");
        }
        if (!HARMLESS.contains(init)) {
            warnings.add("unknown init_lora_weights '" + text.value() + "': taken as one that leaves the base alone");
        }
    }
}
