package dev.graft.adapter.format.peft;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What to do with options that no method asks for. */
final class ConfigKeys {
    private static final Set<String> COMMON = Set.of(
            "peft_type",
            "task_type",
            "auto_mapping",
            "peft_version",
            "base_model_name_or_path",
            "revision",
            "inference_mode",
            "target_modules",
            "exclude_modules",
            "modules_to_save",
            "runtime_config");

    private ConfigKeys() {}

    /**
     * Warnings about options that are neither common nor in {@code known} and that say something.
     *
     * @throws GraftException {@code ADAPTER_OPTION_UNKNOWN} instead, when strict
     */
    static List<String> warnAboutUnknown(PeftFolder folder, Set<String> known) {
        List<String> warnings = new ArrayList<>();
        folder.config().members().forEach((name, value) -> {
            if (value.isEmpty() || COMMON.contains(name) || known.contains(name)) {
                return;
            }
            String what = "unknown option '" + name + "' in " + PeftConfig.FILE_NAME
                    + ": it may change what the adapter does";
            if (folder.strict()) {
                throw new GraftException(
                        ErrorCode.ADAPTER_OPTION_UNKNOWN,
                        what,
                        Location.ofFile(folder.config().file()),
                        "Find out what it means; without --strict it is ignored with a warning.");
            }
            warnings.add(what + " (ignored)");
        });
        return warnings;
    }

    /** Refuses the folder if it sets one of the options, saying why. */
    static void refuse(PeftFolder folder, Map<String, String> reasons, String remedy) {
        reasons.forEach((option, reason) -> {
            if (folder.config().isSet(option)) {
                throw folder.unsupported(option + " is not supported: " + reason, remedy);
            }
        });
    }
}
