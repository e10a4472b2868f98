package dev.graft.adapter.format;

import java.util.OptionalDouble;

/**
 * What a file cannot say itself.
 *
 * @param strict whether a configuration key that Graft does not know, with a value that may mean something, is an error
 * @param alpha alpha for formats that do not store it (loralib)
 * @param enabledGroups for loralib's MergedLinear: one flag per group ({@code enable_lora}); empty where there is none
 */
public record ReadOptions(boolean strict, OptionalDouble alpha, java.util.List<Boolean> enabledGroups) {
    /** Not strict, nothing given. */
    public static final ReadOptions DEFAULT = new ReadOptions(false, OptionalDouble.empty(), java.util.List.of());
}
