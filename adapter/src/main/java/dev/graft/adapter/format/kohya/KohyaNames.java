package dev.graft.adapter.format.kohya;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** From module paths to kohya's names, and back where the model's paths are known. */
public final class KohyaNames {
    /** The name of the format in {@link Adapter#format()}. */
    public static final String FORMAT = "kohya";

    private KohyaNames() {}

    /** A module path as kohya writes it: dots become underscores. */
    public static String flatten(String module) {
        return module.replace('.', '_');
    }

    /**
     * The same adapter with the real paths of its modules.
     *
     * @param modules the module paths of the model that it is for
     * @throws GraftException {@code TARGET_NOT_FOUND} or {@code TARGET_AMBIGUOUS} if a name fits none or several of them
     */
    public static Adapter restore(Adapter adapter, Collection<String> modules) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        for (String module : modules) {
            byName.computeIfAbsent(flatten(module), name -> new ArrayList<>()).add(module);
        }
        return renamed(adapter, name -> {
            List<String> found = byName.getOrDefault(name, List.of());
            if (found.size() != 1) {
                throw unclear(adapter, name, found);
            }
            return found.get(0);
        });
    }

    /** The same adapter with other module names. */
    static Adapter renamed(Adapter adapter, UnaryOperator<String> name) {
        List<ModuleChange> changes = new ArrayList<>();
        for (LowRankChange change : adapter.lowRankChanges()) {
            changes.add(new LowRankChange(
                    name.apply(change.module()),
                    change.kind(),
                    change.a(),
                    change.b(),
                    change.scaling(),
                    change.magnitude(),
                    change.biasDelta()));
        }
        return new Adapter(adapter.source(), "lora", adapter.method(), changes, adapter.details(), adapter.warnings());
    }

    private static GraftException unclear(Adapter adapter, String name, List<String> found) {
        return new GraftException(
                found.isEmpty() ? ErrorCode.TARGET_NOT_FOUND : ErrorCode.TARGET_AMBIGUOUS,
                "the flattened name '" + name + "' fits "
                        + (found.isEmpty() ? "no module of the model" : "several modules: " + String.join(", ", found)),
                Location.ofTensor(adapter.source(), name),
                found.isEmpty() ? "Check that the adapter is for this model." : "Rename one of the modules.");
    }
}
