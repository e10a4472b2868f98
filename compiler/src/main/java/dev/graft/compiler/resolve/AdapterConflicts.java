package dev.graft.compiler.resolve;

import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds changes of different adapters that exclude each other: what one replaces, another cannot have learned about. */
final class AdapterConflicts {
    private AdapterConflicts() {}

    static List<ResolveProblem> in(List<Binding> bindings, List<WeightedAdapter> adapters) {
        Map<Object, List<Binding>> byPlace = new LinkedHashMap<>();
        for (Binding binding : bindings) {
            if (binding.weight() != 0) {
                Object place = List.of(
                        binding.site().graph(),
                        binding.site().node().proto(),
                        binding.target(),
                        binding.view().tensor());
                byPlace.computeIfAbsent(place, any -> new ArrayList<>()).add(binding);
            }
        }
        List<ResolveProblem> problems = new ArrayList<>();
        for (List<Binding> changes : byPlace.values()) {
            Binding first = changes.get(0);
            boolean replaced = changes.stream().anyMatch(each -> each.change() instanceof TensorReplacement);
            changes.stream()
                    .filter(each -> replaced && each.adapterIndex() != first.adapterIndex())
                    .map(each -> problem(first, each, adapters))
                    .forEach(problems::add);
        }
        return problems;
    }

    private static ResolveProblem problem(Binding first, Binding other, List<WeightedAdapter> adapters) {
        return new ResolveProblem(
                ErrorCode.ADAPTERS_CONFLICT,
                other.adapterIndex(),
                other.module(),
                "'" + adapters.get(first.adapterIndex()).adapter().name() + "' and '"
                        + adapters.get(other.adapterIndex()).adapter().name()
                        + "' both change it and at least one replaces it as a whole",
                List.of());
    }
}
