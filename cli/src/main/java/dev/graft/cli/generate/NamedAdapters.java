package dev.graft.cli.generate;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.cli.io.SwitchedAdapter;
import dev.graft.error.DidYouMean;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adapters that were loaded into one session, to be switched between by name. */
public final class NamedAdapters implements AutoCloseable {
    private final Map<String, SwitchedAdapter> loaded = new LinkedHashMap<>();

    private NamedAdapters() {}

    /** Loads adapters under their names; the caller closes them, before the session. */
    public static NamedAdapters load(ModelSession session, Map<String, WeightedAdapter> adapters) {
        NamedAdapters named = new NamedAdapters();
        try {
            adapters.forEach(
                    (name, adapter) -> named.loaded.put(name, SwitchedAdapter.load(session, List.of(adapter))));
            return named;
        } catch (RuntimeException | Error e) {
            named.close();
            throw e;
        }
    }

    /** The names, in the order in which they were given. */
    public List<String> names() {
        return List.copyOf(loaded.keySet());
    }

    /**
     * What one run takes for an adapter.
     *
     * @throws GraftException {@code USAGE} if there is none of that name
     */
    public List<LoadedAdapter> of(String name) {
        SwitchedAdapter adapter = loaded.get(name);
        if (adapter == null) {
            String known = loaded.isEmpty() ? "none" : String.join(", ", loaded.keySet());
            throw new GraftException(
                    ErrorCode.USAGE,
                    "unknown adapter '" + name + "'; loaded: " + known,
                    Location.NONE,
                    DidYouMean.sentence(name, loaded.keySet()));
        }
        return adapter.loaded();
    }

    /**
     * What one run takes for all of them together. A session takes no two adapters that set the same tensors: their sum has to be one adapter, which is where composing them belongs.
     */
    public List<LoadedAdapter> together() {
        List<LoadedAdapter> all = new ArrayList<>();
        loaded.values().forEach(adapter -> all.addAll(adapter.loaded()));
        return all;
    }

    @Override
    public void close() {
        loaded.values().forEach(SwitchedAdapter::close);
        loaded.clear();
    }
}
