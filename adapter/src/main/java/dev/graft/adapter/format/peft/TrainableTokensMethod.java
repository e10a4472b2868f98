package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.ModuleChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code TRAINABLE_TOKENS}: some rows of an embedding take the place of the base's. */
final class TrainableTokensMethod implements PeftMethod {
    private static final Set<String> KNOWN = Set.of("token_indices", "init_weights", "ensure_weight_tying");

    @Override
    public Adapter read(PeftFolder folder) {
        List<String> warnings = new ArrayList<>(ConfigKeys.warnAboutUnknown(folder, KNOWN));
        FolderTensors tensors = new FolderTensors(folder, warnings, FolderTensors.OF_LORA);
        for (ModuleTensors module : tensors.modules()) {
            if (module.hasFactors()) {
                throw folder.invalidTensors(
                        "module '" + module.module() + "' has low-rank factors, which TRAINABLE_TOKENS has none of",
                        "Compare peft_type with the file.");
            }
        }
        List<ModuleChange> changes =
                new ArrayList<>(TokenRows.read(folder, tensors, folder.config().get("token_indices"), "token_indices"));
        changes.addAll(tensors.replacements());
        if (changes.isEmpty()) {
            throw folder.holdsNothing();
        }
        String rows = OptionText.of(folder.config().get("token_indices"));
        return new Adapter(folder.path(), "peft", "trainable tokens", changes, Map.of("token_indices", rows), warnings);
    }
}
