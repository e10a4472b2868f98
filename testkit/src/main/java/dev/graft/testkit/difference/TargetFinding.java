package dev.graft.testkit.difference;

import java.util.Locale;

/**
 * What is wrong with one weight of a model that should be a merge.
 *
 * @param tensor the stored tensor
 * @param module the module it belongs to, or the tensor's name where none is known
 * @param kind what is wrong
 * @param factor for {@link Kind#SCALED} how many times the change is as large as it should be, else NaN
 * @param other for {@link Kind#SWAPPED} the module whose change it is, else empty
 * @param changed elements that are not what a merge gives
 * @param elements all elements
 * @param largest the largest absolute deviation
 */
public record TargetFinding(
        String tensor,
        String module,
        Kind kind,
        double factor,
        String other,
        long changed,
        long elements,
        double largest) {
    /** What is wrong. */
    public enum Kind {
        /** A target's weight is the base's. */
        UNCHANGED,
        /** The change points the right way and has another length. */
        SCALED,
        /** The change is the right one, transposed. */
        TRANSPOSED,
        /** The change is that of another module. */
        SWAPPED,
        /** The change is neither. */
        OTHER_CHANGE,
        /** A weight changed that the adapter does not target. */
        NOT_A_TARGET,
        /** Values are NaN or infinite. */
        NOT_FINITE
    }

    /** The finding in one line. */
    public String describe() {
        String what = switch (kind) {
            case UNCHANGED -> "is the base's, unchanged";
            case SCALED -> String.format(Locale.ROOT, "has %.4g times the change that the adapter says", factor);
            case TRANSPOSED -> "has the change transposed";
            case SWAPPED -> "has the change of " + other;
            case OTHER_CHANGE -> "has another change";
            case NOT_A_TARGET -> "is no target and differs from the base";
            case NOT_FINITE -> "holds values that are not finite";
        };
        return module + " " + what
                + String.format(Locale.ROOT, " (%d of %d elements, off by at most %.3g)", changed, elements, largest);
    }
}
