package dev.graft.compiler.resolve;

import dev.graft.adapter.ModuleChange;
import dev.graft.compiler.resolve.GenaiAliases.Alias;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the sites of a model whose names fit a module. */
final class SiteMatcher {
    private final ModelScopes scopes;
    private final List<Site> sites;
    private final Map<Site, Optional<PackedHeads>> heads = new HashMap<>();

    /** Paths that fit end alike, so that only sites with the same last step need a look. */
    private final Map<String, Set<Site>> byLastStep = new HashMap<>();

    SiteMatcher(ModelScopes scopes) {
        this.scopes = scopes;
        this.sites = SiteFinder.sites(scopes);
        for (Site site : sites) {
            for (SiteName name : site.names()) {
                byLastStep
                        .computeIfAbsent(lastStep(name.module()), any -> identitySet())
                        .add(site);
            }
        }
    }

    List<Site> sites() {
        return sites;
    }

    /** The sites whose names fit, each under its strongest name. */
    List<SiteMatch> matches(ModuleChange change, boolean flattened) {
        List<SiteMatch> matches = new ArrayList<>();
        List<Alias> aliases = flattened ? List.of() : GenaiAliases.of(change.module());
        for (Site site : flattened ? sites : candidates(change.module(), aliases)) {
            @Nullable SiteMatch best = null;
            for (SiteName name : site.names()) {
                if (asksFor(change, site, name)) {
                    best = better(best, match(change, site, name, flattened));
                    for (Alias alias : aliases) {
                        best = better(best, aliased(change, site, name, alias));
                    }
                }
            }
            if (best != null) {
                matches.add(best);
            }
        }
        return matches;
    }

    private Iterable<Site> candidates(String module, List<Alias> aliases) {
        Set<Site> candidates = identitySet();
        candidates.addAll(byLastStep.getOrDefault(lastStep(module), Set.of()));
        aliases.forEach(alias -> candidates.addAll(byLastStep.getOrDefault(lastStep(alias.module()), Set.of())));
        candidates.addAll(byLastStep.getOrDefault(GenaiAliases.FINAL_NORM_STEP, Set.of()));
        return sites.size() == candidates.size()
                ? sites
                : sites.stream().filter(candidates::contains).toList();
    }

    private static Set<Site> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private static String lastStep(String module) {
        return module.substring(module.lastIndexOf('.') + 1);
    }

    /** The sites that a line of a map names: by node, weight or output. */
    List<SiteMatch> mapped(ModuleChange change, String target) {
        NameMatch exact = new NameMatch("", "");
        return sites.stream()
                .filter(site -> handlesOf(site).contains(target))
                .map(site -> new SiteMatch(site, change.module(), Rule.MAP, exact, fitOfMapped(change, site)))
                .toList();
    }

    /** The words by which a map can name a site. */
    static List<String> handlesOf(Site site) {
        List<String> handles = new ArrayList<>(site.node().outputs());
        handles.add(site.node().name());
        handles.add(site.node().input(site.weightInput()));
        handles.add(site.weight().tensor().name());
        handles.removeIf(String::isEmpty);
        return handles;
    }

    /** Whether a change fits a site, whatever the names are. */
    Fit fit(ModuleChange change, Site site) {
        return ChangeFit.of(change, site, site.weight());
    }

    /** Who maps a q_proj to a packed weight means its part of it. */
    private Fit fitOfMapped(ModuleChange change, Site site) {
        Fit whole = fit(change, site);
        Optional<PackedPart> part = PackedPart.ofProjection(lastStep(change.module()));
        return whole.view().isPresent() || !whole.sameKind() || part.isEmpty()
                ? whole
                : fitOfPart(change, site, part.get())
                        .filter(fit -> fit.view().isPresent())
                        .orElse(whole);
    }

    private static boolean asksFor(ModuleChange change, Site site, SiteName name) {
        String wanted = ChangeFit.parameterOf(change);
        return name.parameter().equals(wanted)
                || wanted.equals("weight") && name.parameter().equals("in_proj_weight")
                || wanted.equals("bias") && name.parameter().equals("weight") && site.kind() != SiteKind.OTHER;
    }

    private @Nullable SiteMatch match(ModuleChange change, Site site, SiteName name, boolean flattened) {
        if (!flattened && GenaiAliases.isFinalNorm(change.module(), name.module())) {
            return new SiteMatch(site, name.module(), Rule.ALIAS, new NameMatch("", ""), fit(change, site));
        }
        Optional<NameMatch> paths = flattened
                ? NameMatch.ofFlattened(change.module(), name.module())
                : NameMatch.of(change.module(), name.module());
        return paths.map(match -> new SiteMatch(site, name.module(), name.rule(), match, fit(change, site)))
                .orElse(null);
    }

    private @Nullable SiteMatch aliased(ModuleChange change, Site site, SiteName name, Alias alias) {
        NameMatch paths = NameMatch.of(alias.module(), name.module()).orElse(null);
        if (paths == null) {
            return null;
        }
        Optional<Fit> fit = alias.part().isEmpty()
                ? Optional.of(fit(change, site))
                : fitOfPart(change, site, alias.part().get());
        return fit.map(found -> new SiteMatch(site, name.module(), Rule.ALIAS, paths, found))
                .orElse(null);
    }

    private Optional<Fit> fitOfPart(ModuleChange change, Site site, PackedPart part) {
        return part.slice(site.weight(), headsOf(site), ChangeFit.outputsOf(change))
                .map(view -> ChangeFit.of(change, site, view));
    }

    private Optional<PackedHeads> headsOf(Site site) {
        return heads.computeIfAbsent(site, any -> PackedHeads.behind(scopes, site));
    }

    private static @Nullable SiteMatch better(@Nullable SiteMatch one, @Nullable SiteMatch other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return SiteMatch.BY_STRENGTH.compare(one, other) <= 0 ? one : other;
    }
}
