package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Says what changes nothing because it is taken with a factor of 0: one sentence an adapter. */
final class LeftOut {
    private LeftOut() {}

    /** @param bindings those that take no part */
    static List<String> warnings(Resolution resolution, List<Binding> bindings) {
        Map<Integer, List<Binding>> byAdapter = bindings.stream()
                .collect(Collectors.groupingBy(Binding::adapterIndex, TreeMap::new, Collectors.toList()));
        return byAdapter.entrySet().stream()
                .map(entry -> sentence(
                        "'"
                                + resolution
                                        .adapters()
                                        .get(entry.getKey())
                                        .adapter()
                                        .name() + "'",
                        entry.getValue()))
                .toList();
    }

    private static String sentence(String adapter, List<Binding> bindings) {
        if (bindings.get(0).weight() == 0) {
            return adapter + " has weight 0 and is left out";
        }
        List<String> modules = bindings.stream().map(Binding::module).distinct().toList();
        return adapter + " has scaling 0 for " + modules.get(0)
                + (modules.size() > 1 ? " and " + (modules.size() - 1) + " more" : "") + ": left out";
    }
}
