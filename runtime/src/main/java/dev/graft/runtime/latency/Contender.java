package dev.graft.runtime.latency;

import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import java.util.List;
import java.util.Map;

/**
 * A model that takes part in a benchmark; its session and adapters stay the caller's.
 *
 * @param name what the report calls it
 * @param session the model
 * @param inputs what every run feeds
 * @param adapters the adapters that every run uses
 */
public record Contender(
        String name, ModelSession session, Map<String, HostTensor> inputs, List<LoadedAdapter> adapters) {
    public Contender {
        adapters = List.copyOf(adapters);
    }
}
