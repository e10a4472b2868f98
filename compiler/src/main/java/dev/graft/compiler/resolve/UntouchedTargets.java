package dev.graft.compiler.resolve;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Modules of the model that an adapter's configuration targets and its file holds no factors for: a file that was cut, or the adapter of a smaller model of the same
 * shape. PEFT's {@code target_modules} name ends of paths, so that {@code q_proj} means that of every layer.
 */
final class UntouchedTargets {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*");

    private final List<Site> sites;
    private final List<Binding> bindings;

    UntouchedTargets(List<Site> sites, List<Binding> bindings) {
        this.sites = sites;
        this.bindings = bindings;
    }

    /** A warning for an adapter, if it leaves targets as they are. */
    Optional<String> warning(int index, WeightedAdapter weighted) {
        List<String> targets = targets(weighted.adapter());
        Set<String> changed = changed(index);
        if (targets.isEmpty() || changed.isEmpty()) {
            return Optional.empty();
        }
        Set<String> touched = new LinkedHashSet<>();
        Set<String> untouched = new LinkedHashSet<>();
        for (Site site : sites) {
            List<String> names = site.names().stream()
                    .filter(name -> name.parameter().equals("weight"))
                    .map(SiteName::module)
                    .toList();
            if (site.kind() != SiteKind.OTHER && names.stream().anyMatch(name -> isTarget(name, targets))) {
                boolean known = names.stream().anyMatch(changed::contains);
                (known ? touched : untouched).add(names.get(0));
            }
        }
        return touched.isEmpty() || untouched.isEmpty()
                ? Optional.empty()
                : Optional.of(sentence(
                        weighted.adapter(),
                        touched.size(),
                        untouched.stream()
                                .map(name -> withoutWrapper(name, index))
                                .toList()));
    }

    /** The ends of paths that the configuration names; none where it says in another way which modules are meant. */
    private static List<String> targets(Adapter adapter) {
        Map<String, String> details = adapter.details();
        boolean some = details.containsKey("layers_to_transform") || details.containsKey("exclude_modules");
        if (!adapter.format().equals("peft") || some) {
            return List.of();
        }
        return Arrays.stream(details.getOrDefault("target_modules", "").split(", "))
                .filter(target -> PLAIN.matcher(target).matches())
                .toList();
    }

    private static boolean isTarget(String module, List<String> targets) {
        return targets.stream().anyMatch(target -> module.equals(target) || module.endsWith("." + target));
    }

    /** All names of the places that an adapter changes. */
    private Set<String> changed(int index) {
        Set<String> names = new LinkedHashSet<>();
        bindings.stream()
                .filter(binding -> binding.adapterIndex() == index)
                .forEach(binding -> binding.site().names().forEach(name -> names.add(name.module())));
        return names;
    }

    /** The path as the adapter would write it, without what an exporter put around the model. */
    private String withoutWrapper(String name, int index) {
        return bindings.stream()
                .filter(binding -> binding.adapterIndex() == index)
                .flatMap(binding -> binding.site().names().stream()
                        .map(SiteName::module)
                        .filter(known -> known.endsWith("." + binding.module()))
                        .map(known -> known.substring(
                                0, known.length() - binding.module().length())))
                .filter(name::startsWith)
                .findFirst()
                .map(wrapper -> name.substring(wrapper.length()))
                .orElse(name);
    }

    private static String sentence(Adapter adapter, int touched, List<String> untouched) {
        String others =
                untouched.size() == 1 ? " stays as it is" : " and " + (untouched.size() - 1) + " more stay as they are";
        return "'" + adapter.name() + "' holds factors for " + touched + " of the " + (touched + untouched.size())
                + " modules of this model that its target_modules name: " + untouched.get(0) + others;
    }
}
