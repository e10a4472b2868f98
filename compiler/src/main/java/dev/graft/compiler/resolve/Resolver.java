package dev.graft.compiler.resolve;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.List;

/** Binds adapters to a model. */
public final class Resolver {
    private Resolver() {}

    /**
     * Binds every change of every adapter, or fails with all that does not fit in one error.
     *
     * @throws GraftException {@code TARGET_NOT_FOUND}, {@code TARGET_AMBIGUOUS}, {@code TARGET_SHAPE_MISMATCH}, {@code ADAPTERS_CONFLICT}
     */
    public static Resolution resolve(ModelIndex model, List<WeightedAdapter> adapters, ResolveOptions options) {
        throw new GraftException(ErrorCode.TARGET_NOT_FOUND, "no module fits", Location.ofFile(model.file()), "");
    }
}
