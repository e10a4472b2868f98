package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.ModuleChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code LORA}: {@code W' = W + s·B·A} (Hu et al. 2021), with rsLoRA, rank and alpha patterns, DoRA, lora_bias, trained
 * biases, saved modules and trainable tokens.
 */
final class LoraMethod implements PeftMethod {
    @Override
    public Adapter read(PeftFolder folder) {
        PeftConfig config = folder.config();
        List<String> warnings = LoraOptions.check(folder);
        FolderTensors tensors = new FolderTensors(folder, warnings, FolderTensors.OF_LORA);
        LoraScaling scaling = new LoraScaling(config);
        List<ModuleChange> changes = new ArrayList<>();
        for (ModuleTensors module : tensors.modules()) {
            if (module.hasFactors()) {
                changes.add(new LowRankReader(folder, module, scaling).read());
            }
        }
        changes.addAll(
                TokenRows.read(folder, tensors, config.get("trainable_token_indices"), "trainable_token_indices"));
        changes.addAll(tensors.replacements());
        if (changes.isEmpty()) {
            throw folder.holdsNothing();
        }
        return new Adapter(folder.path(), "peft", name(config), changes, details(config), warnings);
    }

    private static String name(PeftConfig config) {
        String scaling = config.flag("use_rslora") ? "rsLoRA" : "LoRA";
        return config.flag("use_dora") ? config.flag("use_rslora") ? "DoRA (rsLoRA)" : "DoRA" : scaling;
    }

    private static Map<String, String> details(PeftConfig config) {
        return OptionText.details(
                config,
                "r",
                "lora_alpha",
                "use_rslora",
                "use_dora",
                "bias",
                "lora_bias",
                "rank_pattern",
                "alpha_pattern",
                "target_modules",
                "exclude_modules",
                "layers_to_transform",
                "modules_to_save",
                "trainable_token_indices",
                "base_model_name_or_path",
                "peft_version");
    }
}
