package dev.graft.adapter;

import dev.graft.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A trained adapter, checked and with its scalings resolved; its tensors still lie in its file.
 *
 * @param source the file or folder that it was read from
 * @param format the name of the format it was read from, such as {@code peft}
 * @param method the method as people name it, such as {@code LoRA}, {@code rsLoRA} or {@code DoRA}
 * @param changes what it changes, in the order of the file; no two changes have the same module and kind
 * @param details what else the file says, for people: rank, alpha, patterns, target modules
 * @param warnings what a person should know: ignored options, ranks that the configuration does not name
 */
public record Adapter(
        Path source,
        String format,
        String method,
        List<ModuleChange> changes,
        Map<String, String> details,
        List<String> warnings) {
    /** What a folder's adapter keeps its scalings in. */
    private static final String SETTINGS = "adapter_config.json";

    public Adapter {
        changes = List.copyOf(changes);
        details = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(details));
        warnings = List.copyOf(warnings);
    }

    /** The last part of the source's path. */
    public String name() {
        Path last = source.toAbsolutePath().normalize().getFileName();
        return last == null ? source.toString() : last.toString();
    }

    /** The files that it is read from, none of which may be overwritten while it is in use. */
    public List<Path> files() {
        Set<Path> files = new LinkedHashSet<>();
        if (Files.isRegularFile(source)) {
            files.add(source);
        }
        Path settings = source.resolve(SETTINGS);
        if (Files.isRegularFile(settings)) {
            files.add(settings);
        }
        for (ModuleChange change : changes) {
            for (Tensor tensor : change.tensors()) {
                Path file = tensor.file();
                if (file != null) {
                    files.add(file);
                }
            }
        }
        return List.copyOf(files);
    }

    /** The low-rank changes only. */
    public List<LowRankChange> lowRankChanges() {
        return changes.stream()
                .filter(LowRankChange.class::isInstance)
                .map(LowRankChange.class::cast)
                .toList();
    }
}
