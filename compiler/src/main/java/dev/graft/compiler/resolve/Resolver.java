package dev.graft.compiler.resolve;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.GraftException;
import java.util.List;

/** Binds adapters to a model. */
public final class Resolver {
    private Resolver() {}

    /**
     * Binds every change of every adapter, or fails with all that does not fit in one error.
     *
     * @throws GraftException {@code TARGET_NOT_FOUND}, {@code TARGET_AMBIGUOUS}, {@code TARGET_SHAPE_MISMATCH}, {@code ADAPTERS_CONFLICT};
     *     {@code USAGE} for a map that names modules which no adapter has
     */
    public static Resolution resolve(ModelIndex model, List<WeightedAdapter> adapters, ResolveOptions options) {
        return attempt(model, adapters, options).orThrow();
    }

    /**
     * Binds what fits and says of the rest why it does not.
     *
     * @throws GraftException {@code USAGE} for a map that names modules which no adapter has; {@code IO_FAILED} and others if the
     *     base checkpoint cannot be read
     */
    public static ResolutionAttempt attempt(ModelIndex model, List<WeightedAdapter> adapters, ResolveOptions options) {
        return new ResolverRun(model, adapters, options).run();
    }
}
