package dev.graft.cli.io;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.runtime.mix.AdapterMix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Adapters of a command line as a mix.
 *
 * @param mix how much of each
 * @param adapters what the mix's names mean
 */
record NamedMix(AdapterMix mix, Map<String, Adapter> adapters) {
    /** A mix of adapters, each under its own name, with a number behind where two are called alike. */
    static NamedMix of(List<WeightedAdapter> weighted) {
        AdapterMix mix = AdapterMix.BASE;
        Map<String, Adapter> adapters = new HashMap<>();
        for (WeightedAdapter one : weighted) {
            String name = one.adapter().name();
            for (int number = 2; adapters.containsKey(name); number++) {
                name = one.adapter().name() + "#" + number;
            }
            adapters.put(name, one.adapter());
            mix = mix.and(name, one.weight());
        }
        return new NamedMix(mix, adapters);
    }

    /** The adapter that a name of the mix means. */
    Adapter adapter(String name) {
        return Objects.requireNonNull(adapters.get(name));
    }
}
