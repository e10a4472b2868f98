package dev.graft.compiler.resolve;

import java.util.Comparator;
import java.util.List;

/**
 * A site whose name fits a change's module.
 *
 * @param site the site
 * @param module the site's module path that fits
 * @param rule how the site is known under it
 * @param name how the paths fit
 * @param fit whether the change fits the operator and its weight
 */
record SiteMatch(Site site, String module, Rule rule, NameMatch name, Fit fit) {
    /** Strongest rule first, then equal paths, then the model's path with a prefix, then without the adapter's. */
    static final Comparator<SiteMatch> BY_STRENGTH = Comparator.comparing(SiteMatch::rule)
            .thenComparing(match -> !match.name().isExact())
            .thenComparing(match -> !match.name().dropped().isEmpty());

    /** Matches that are one place: the same block under the same path, as where a module is called several times. */
    Object place() {
        WeightView view = fit.view().orElseThrow();
        return List.of(view.tensor().proto(), view.firstRow(), view.firstColumn(), module);
    }

    /** The input that changes: no two modules of one adapter may have the same. */
    Object use() {
        boolean bias = fit.target() == Binding.Parameter.BIAS;
        return List.of(site.graph(), site.node().proto(), site.weightInput(), bias, place(fit));
    }

    private static Object place(Fit fit) {
        WeightView view = fit.view().orElseThrow();
        return List.of(view.firstRow(), view.firstColumn());
    }
}
