package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.ModuleChange;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code LN_TUNING}: whole normalisations take the place of the base's (Zhao et al. 2023; PEFT 0.21, {@code tuners/ln_tuning}). */
final class LnTuningMethod implements PeftMethod {
    private static final Set<PeftKey.Part> PARTS = EnumSet.of(PeftKey.Part.TUNED_TENSOR);

    @Override
    public Adapter read(PeftFolder folder) {
        List<String> warnings = new ArrayList<>(ConfigKeys.warnAboutUnknown(folder, Set.of()));
        FolderTensors tensors = new FolderTensors(folder, warnings, PARTS);
        List<ModuleChange> changes = new ArrayList<>(tensors.replacements());
        if (changes.isEmpty()) {
            throw folder.holdsNothing();
        }
        Map<String, String> details = OptionText.details(
                folder.config(), "target_modules", "modules_to_save", "base_model_name_or_path", "peft_version");
        return new Adapter(folder.path(), "peft", "LN tuning", changes, details, warnings);
    }
}
