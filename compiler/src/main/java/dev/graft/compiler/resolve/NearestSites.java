package dev.graft.compiler.resolve;

import dev.graft.adapter.ModuleChange;
import dev.graft.compiler.resolve.ResolveProblem.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the sites whose names come nearest to a module's, and says why they were not taken. */
final class NearestSites {
    /** How the reason ends for a place that might be the one. */
    static final String NAMELESS = ", but nothing in the model names its module";

    private static final int SHOWN = 3;

    private final SiteMatcher matcher;
    private final Map<Object, String> takenBy = new HashMap<>();

    NearestSites(SiteMatcher matcher) {
        this.matcher = matcher;
    }

    /** Notes that a use of a weight has been given to a module. */
    void take(Object use, String module) {
        takenBy.put(use, module);
    }

    /** The module that has a use, or an empty string. */
    String takerOf(Object use) {
        return takenBy.getOrDefault(use, "");
    }

    /** The nearest sites, whatever their kind. */
    List<Candidate> nearest(ModuleChange change) {
        record Near(Site site, String module, double distance) {}
        List<Near> all = new ArrayList<>();
        for (Site site : matcher.sites()) {
            site.names().stream()
                    .filter(name ->
                            site.kind() != SiteKind.OTHER || name.parameter().equals(ChangeFit.parameterOf(change)))
                    .map(SiteName::module)
                    .map(module -> new Near(site, module, PathDistance.between(change.module(), module)))
                    .min(Comparator.comparingDouble(Near::distance))
                    .ifPresent(all::add);
        }
        all.sort(Comparator.comparingDouble(Near::distance));
        List<Candidate> candidates = new ArrayList<>(nameless(change));
        all.stream()
                .limit(SHOWN)
                .map(near ->
                        new Candidate(placeOf(near.module(), near.site()), reason(change, near.site(), near.module())))
                .forEach(candidates::add);
        return candidates;
    }

    /** Places of the right shape that nothing names, as optimised exports have them: each may be the one. */
    private List<Candidate> nameless(ModuleChange change) {
        List<Site> fitting = matcher.sites().stream()
                .filter(site -> site.names().isEmpty())
                .filter(site -> matcher.fit(change, site).view().isPresent())
                .toList();
        String more = fitting.size() > 1 ? ", as one of " + fitting.size() : "";
        List<Candidate> candidates = new ArrayList<>();
        for (Site site : fitting.subList(0, Math.min(SHOWN, fitting.size()))) {
            String place = site.node().opType() + " '" + site.node().displayName() + "', weight '"
                    + site.weight().tensor().name() + "'";
            candidates.add(new Candidate(place, "its shape fits" + more + NAMELESS));
        }
        return candidates;
    }

    /** Matches that were not taken, with the reason that the match itself gives. */
    List<Candidate> of(List<SiteMatch> matches) {
        return matches.stream()
                .limit(5)
                .map(match -> new Candidate(
                        placeOf(match.module(), match.site()),
                        match.fit().reason().isEmpty()
                                ? "fits, by " + match.rule().displayName()
                                : match.fit().reason()))
                .toList();
    }

    private String reason(ModuleChange change, Site site, String module) {
        Fit fit = matcher.fit(change, site);
        String name = NameMatch.of(change.module(), module).isPresent() ? "" : "its name differs";
        String other = fit.view()
                .map(view -> takerOf(new SiteMatch(site, module, Rule.MAP, new NameMatch("", ""), fit).use()))
                .filter(taker -> !taker.isEmpty())
                .map(taker -> "it is the place of " + taker)
                .orElse(fit.reason());
        return name.isEmpty() ? other : other.isEmpty() ? name : name + ", and " + other;
    }

    private static String placeOf(String module, Site site) {
        return module + " (" + site.node().opType() + " '" + site.node().displayName() + "')";
    }
}
