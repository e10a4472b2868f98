package dev.graft.runtime.session;

import dev.graft.error.DidYouMean;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.Set;

/** A run named an adapter that is not there. */
public final class UnknownAdapter {
    private UnknownAdapter() {}

    /** {@code ADAPTER_UNKNOWN} for a name, with those that are there. */
    public static GraftException named(String name, Set<String> there) {
        return new GraftException(
                ErrorCode.ADAPTER_UNKNOWN,
                "unknown adapter \"" + name + "\"; loaded: " + (there.isEmpty() ? "none" : String.join(", ", there)),
                Location.NONE,
                (DidYouMean.sentence(name, there) + " Put it there first, or name one that is.").strip());
    }
}
