package dev.graft.runtime.adapters;

import dev.graft.runtime.mix.AdapterMix;
import java.util.List;

/**
 * A mix with its names looked up: what is loaded and cached.
 *
 * @param parts each adapter as it was when the names were looked up
 */
record Ingredients(List<Ingredient> parts) {
    /** An adapter and its weight. */
    record Ingredient(Registration adapter, double weight) {}

    Ingredients {
        parts = List.copyOf(parts);
    }

    /** The mix by names. */
    AdapterMix mix() {
        return new AdapterMix(parts.stream()
                .map(part -> new AdapterMix.Part(part.adapter().name(), part.weight()))
                .toList());
    }

    /** Whether it must stay loaded: an adapter alone that is pinned. */
    boolean pinned() {
        return isPlain() && parts.get(0).adapter().pinned();
    }

    /** Whether it is one adapter as trained. */
    boolean isPlain() {
        return parts.size() == 1 && parts.get(0).weight() == 1;
    }

    /** Whether an adapter in it was replaced or removed. */
    boolean withdrawn() {
        return parts.stream().anyMatch(part -> part.adapter().withdrawn());
    }
}
