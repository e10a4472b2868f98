package dev.graft.adapter.format;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a file cannot say itself.
 *
 * @param strict whether a configuration key that Graft does not know, with a value that may mean something, is an error
 * @param alpha alpha for formats that do not store it (loralib)
 * @param enabledGroups for loralib's MergedLinear: one flag per group ({@code enable_lora}); empty where there is none
 * @param kernelSize for loralib's Conv2d: the kernel's width, if the file's modules are convolutions
 */
public record ReadOptions(boolean strict, OptionalDouble alpha, List<Boolean> enabledGroups, OptionalInt kernelSize) {
    /** Not strict, nothing given. */
    public static final ReadOptions DEFAULT = new ReadOptions(false, OptionalDouble.empty(), List.of());

    public ReadOptions {
        enabledGroups = List.copyOf(enabledGroups);
    }

    /** Options for a file without loralib convolutions. */
    public ReadOptions(boolean strict, OptionalDouble alpha, List<Boolean> enabledGroups) {
        this(strict, alpha, enabledGroups, OptionalInt.empty());
    }
}
