package dev.graft.compiler.resolve;

import dev.graft.compiler.resolve.Binding.Parameter;
import java.util.Optional;

/**
 * Whether a change fits a site.
 *
 * @param view the block that would change; empty where it does not fit
 * @param target which parameter of the site
 * @param sameKind whether the site is of the right kind, so that only the shape can be wrong
 * @param reason why it does not fit, or empty
 */
record Fit(Optional<WeightView> view, Parameter target, boolean sameKind, String reason) {
    static Fit of(WeightView view, Parameter target) {
        return new Fit(Optional.of(view), target, true, "");
    }

    static Fit wrongKind(String reason) {
        return new Fit(Optional.empty(), Parameter.WEIGHT, false, reason);
    }

    static Fit wrongShape(String reason) {
        return new Fit(Optional.empty(), Parameter.WEIGHT, true, reason);
    }
}
