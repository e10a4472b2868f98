package dev.graft.compiler.verify;

import dev.graft.error.Location;

/**
 * Something that is not as it should be, or worth knowing.
 *
 * @param kind what it is, for machines
 * @param subject the module or tensor it is about; empty for the model as a whole
 * @param sentence what it is, for people
 * @param location where, as far as known
 */
public record Finding(Kind kind, String subject, String sentence, Location location) {
    /** What can be found. */
    public enum Kind {
        /** The change is the right one times a factor. */
        SCALING_OFF(true),
        /** The change is subtracted instead of added. */
        WRONG_SIGN(true),
        /** The change is that of another module. */
        SWAPPED(true),
        /** The weight is the base's. */
        LEFT_OUT(true),
        /** The transpose of the change was added. */
        TRANSPOSED(true),
        /** DoRA's change was added, but not brought to its magnitude. */
        MAGNITUDE_IGNORED(true),
        /** The change has nothing to do with the adapter's. */
        UNRELATED(true),
        /** No target's change has to do with the adapter's. */
        ANOTHER_ADAPTER(true),
        /** A few elements differ. */
        ELEMENTS_DIFFER(true),
        /** The change resembles the right one, but is none of the mistakes that are known. */
        UNEXPLAINED(true),
        /** Bytes differ that belong to no target. */
        OUTSIDE_TARGETS(true),
        /** A target's tensor is not in the merged model, or has another shape. */
        TENSOR_MISSING(true),
        /** The base's graph is there, but with more in it, or put together in another way. */
        GRAPH_CHANGED(true),
        /** The graph is another one: exported again, or edited. */
        ANOTHER_GRAPH(false),
        /** Targets were given tensors of their own. */
        UNSHARED(false);

        private final boolean failure;

        Kind(boolean failure) {
            this.failure = failure;
        }

        /** Whether a model with this finding fails. */
        public boolean isFailure() {
            return failure;
        }
    }
}
