package dev.graft.training.graph;

import dev.graft.compiler.attach.AttachedBranches;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;

/**
 * A model without branches of an adapter. Beside a branch, or in the place of a weight that one is folded into, other weights than those of the base would be
 * trained, and what comes out would fit neither.
 */
public final class PlainBase {
    private PlainBase() {}

    /**
     * Refuses a model that has branches.
     *
     * @throws GraftException {@code ATTACH_UNSUPPORTED} with the first of them
     */
    public static void require(ModelIndex model) {
        AttachedBranches.first(model).ifPresent(module -> {
            throw new GraftException(
                    ErrorCode.ATTACH_UNSUPPORTED,
                    module + " has an adapter's branch already",
                    Location.ofFile(model.file()),
                    "Train on the base that it was attached to. adapter_name_or_path goes on from the adapter; for another one on top of it, train on"
                            + " what graft merge makes of the two.");
        });
    }
}
