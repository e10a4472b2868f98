package dev.graft.adapter.format.loralib;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a loralib file does not say.
 *
 * @param alpha the {@code lora_alpha} of training; needed
 * @param enabledGroups for MergedLinear: one flag per group ({@code enable_lora}); empty where there is none
 * @param kernelSize for Conv2d: the kernel's width, if the file's modules are convolutions
 */
public record LoralibOptions(OptionalDouble alpha, List<Boolean> enabledGroups, OptionalInt kernelSize) {
    public LoralibOptions {
        enabledGroups = List.copyOf(enabledGroups);
    }
}
