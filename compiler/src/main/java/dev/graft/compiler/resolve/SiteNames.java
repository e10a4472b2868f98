package dev.graft.compiler.resolve;

import dev.graft.compiler.resolve.ModuleNames.ParameterName;
import dev.graft.compiler.resolve.Scope.Value;
import dev.graft.compiler.scan.NodeIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects the names under which one use of a stored tensor can be known. */
final class SiteNames {
    /** A weight is folded from few values; a long list is not about one weight. */
    private static final int MAX_CANDIDATES = 64;

    private final Map<String, SiteName> names = new LinkedHashMap<>();

    private SiteNames() {}

    /**
     * The names of a site, strongest rule first.
     *
     * @param role which parameter the operator's input is by its meaning, or empty where the operator does not say
     * @param bias the name of the bias behind the node if nothing else uses it, or null
     */
    static List<SiteName> of(Scope scope, NodeIndex node, StoredValue stored, String role, @Nullable String bias) {
        SiteNames found = new SiteNames();
        found.addNodeNames(scope, node, role);
        stored.values().forEach(value -> found.addWeightNames(value, role));
        if (found.names.isEmpty() && bias != null) {
            ModuleNames.ofTensorName(bias)
                    .filter(name -> name.parameter().equals("bias"))
                    .ifPresent(name -> found.add(name.module(), "weight", Rule.BIAS_NAME));
        }
        List<SiteName> sorted = new ArrayList<>(found.names.values());
        sorted.sort(Comparator.comparing(SiteName::rule));
        return sorted;
    }

    /** A node inside a function that has no name of its own is known by the call. */
    private void addNodeNames(Scope scope, NodeIndex node, String role) {
        Scope at = scope;
        NodeIndex named = node;
        while (true) {
            Optional<String> byScope = ModuleNames.ofScopes(named.metadata());
            Optional<String> byName = ModuleNames.ofNodeName(named.name());
            byScope.ifPresent(module -> add(module, role, Rule.SCOPE));
            byName.ifPresent(module -> add(module, role, Rule.NODE_NAME));
            Scope.Call call = at.call();
            if (byScope.isPresent() || byName.isPresent() || call == null) {
                return;
            }
            at = call.caller();
            named = call.node();
        }
    }

    private void addWeightNames(Value value, String role) {
        List<String> candidates = new ArrayList<>(List.of(value.name()));
        value.scope()
                .info(value.name())
                .map(info -> info.metadata().getOrDefault(ModuleNames.FOLDED_FROM, ""))
                .ifPresent(text -> candidates.addAll(ModuleNames.pythonList(text)));
        for (String candidate : candidates.subList(0, Math.min(candidates.size(), MAX_CANDIDATES))) {
            Optional<ParameterName> name = ModuleNames.ofTensorName(candidate);
            name.filter(found -> role.isEmpty() || role.equals(found.parameter()) || !isCommon(found.parameter()))
                    .ifPresent(found -> add(found.module(), found.parameter(), Rule.WEIGHT_NAME));
        }
    }

    private static boolean isCommon(String parameter) {
        return parameter.equals("weight") || parameter.equals("bias");
    }

    private void add(String module, String parameter, Rule rule) {
        SiteName name = new SiteName(module, parameter, rule);
        names.merge(
                module + "\n" + parameter, name, (old, added) -> old.rule().compareTo(added.rule()) <= 0 ? old : added);
    }
}
