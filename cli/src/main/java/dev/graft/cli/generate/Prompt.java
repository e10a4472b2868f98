package dev.graft.cli.generate;

import dev.graft.runtime.mix.AdapterMix;

/**
 * A text to continue.
 *
 * @param text what it begins with
 * @param mix the adapters that continue it
 */
public record Prompt(String text, AdapterMix mix) {}
