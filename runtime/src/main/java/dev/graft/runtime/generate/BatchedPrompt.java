package dev.graft.runtime.generate;

import dev.graft.runtime.batching.SlotAdapter;
import org.jspecify.annotations.Nullable;

/**
 * A text to continue beside others.
 *
 * @param text what it begins with
 * @param adapter what it is continued with, a mix perhaps; null for the base
 * @param settings how it is continued, and when it ends
 * @param listener hears of it, on the thread that generates
 */
public record BatchedPrompt(
        String text, @Nullable SlotAdapter adapter, GenerationSettings settings, GenerationListener listener) {}
