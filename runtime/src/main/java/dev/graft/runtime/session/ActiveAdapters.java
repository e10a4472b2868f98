package dev.graft.runtime.session;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The adapters of one run: whether they go together, and a hold on them while it lasts. */
final class ActiveAdapters {
    private ActiveAdapters() {}

    /**
     * Takes hold of a session and adapters, all or none.
     *
     * @return how to let go
     * @throws GraftException {@code ADAPTERS_CONFLICT}
     * @throws IllegalStateException if one of them is closed
     */
    static Runnable hold(ModelSession session, List<LoadedAdapter> active) {
        requireTogether(session, active);
        List<SharedLifetime> held = new ArrayList<>();
        Runnable release = () -> held.forEach(SharedLifetime::release);
        if (!session.lifetime().acquire()) {
            throw session.closed();
        }
        held.add(session.lifetime());
        for (LoadedAdapter adapter : active) {
            if (!adapter.lifetime().acquire()) {
                release.run();
                throw new IllegalStateException("the adapter " + adapter.name() + " is closed");
            }
            held.add(adapter.lifetime());
        }
        return release;
    }

    private static void requireTogether(ModelSession session, List<LoadedAdapter> active) {
        Map<String, LoadedAdapter> owners = new LinkedHashMap<>();
        for (LoadedAdapter adapter : active) {
            if (!adapter.belongsTo(session)) {
                throw new IllegalArgumentException(adapter.name() + " was loaded by another session");
            }
            if (active.size() > 1) {
                requireApart(adapter, owners);
            }
        }
    }

    private static void requireApart(LoadedAdapter adapter, Map<String, LoadedAdapter> owners) {
        for (AdapterParameter parameter : adapter.parameters()) {
            LoadedAdapter other = owners.put(parameter.name(), adapter);
            if (other != null) {
                throw new GraftException(
                        ErrorCode.ADAPTERS_CONFLICT,
                        "'" + other.name() + "' and '" + adapter.name()
                                + "' both set this tensor, and ONNX Runtime would take one of "
                                + "them, not the sum",
                        Location.ofTensor(adapter.file(), parameter.name()),
                        "Run with one of them, or mix them in an AdapterRuntime.");
            }
        }
    }
}
