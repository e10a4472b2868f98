package dev.graft.compiler.resolve;

import dev.graft.compiler.scan.ByteRegion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes back names that a site only borrows.
 *
 * <p>Exporters store equal parameters once, under the name of the first. A site whose node says that it is another module than the
 * shared tensor's name, while the module of that name is there too, must not be found under it.
 */
final class SharedNames {
    private SharedNames() {}

    static List<Site> withoutBorrowed(List<Site> sites) {
        Map<ByteRegion, List<Site>> byTensor = new HashMap<>();
        for (Site site : sites) {
            byTensor.computeIfAbsent(site.weight().tensor().proto(), any -> new ArrayList<>())
                    .add(site);
        }
        List<Site> cleaned = new ArrayList<>();
        Map<ByteRegion, Map<String, Boolean>> owned = new HashMap<>();
        for (Site site : sites) {
            ByteRegion tensor = site.weight().tensor().proto();
            List<Site> sharers = byTensor.getOrDefault(tensor, List.of());
            Map<String, Boolean> known = owned.computeIfAbsent(tensor, any -> new HashMap<>());
            cleaned.add(sharers.size() == 1 ? site : withoutBorrowed(site, sharers, known));
        }
        return cleaned;
    }

    /** @param known which names are some sharer's own, so that each is looked for once */
    private static Site withoutBorrowed(Site site, List<Site> sharers, Map<String, Boolean> known) {
        Optional<String> own = nodeModule(site);
        List<SiteName> kept = site.names().stream()
                .filter(name -> name.rule() != Rule.WEIGHT_NAME
                        || own.isEmpty()
                        || agree(own.get(), name.module())
                        || !known.computeIfAbsent(
                                name.module(), module -> sharers.stream().anyMatch(other -> owns(other, module))))
                .toList();
        return new Site(site.kind(), site.graph(), site.node(), site.weightInput(), site.weight(), site.bias(), kept);
    }

    private static boolean owns(Site site, String module) {
        return nodeModule(site).filter(own -> agree(own, module)).isPresent();
    }

    private static Optional<String> nodeModule(Site site) {
        return ModuleNames.ofScopes(site.node().metadata())
                .or(() -> ModuleNames.ofNodeName(site.node().name()));
    }

    private static boolean agree(String one, String other) {
        return one.equals(other) || one.endsWith("." + other) || other.endsWith("." + one);
    }
}
