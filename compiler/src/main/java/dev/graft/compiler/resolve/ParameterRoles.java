package dev.graft.compiler.resolve;

import java.util.List;
import java.util.Map;

/** Which parameter of its module an operator's input is, for operators whose inputs say so. */
final class ParameterRoles {
    private static final List<String> SCALE_AND_SHIFT = List.of("", "weight", "bias");

    private static final Map<String, List<String>> BY_OPERATOR = Map.ofEntries(
            Map.entry("LayerNormalization", SCALE_AND_SHIFT),
            Map.entry("SimplifiedLayerNormalization", SCALE_AND_SHIFT),
            Map.entry("RMSNormalization", SCALE_AND_SHIFT),
            Map.entry("GroupNormalization", SCALE_AND_SHIFT),
            Map.entry("GroupNorm", SCALE_AND_SHIFT),
            Map.entry("InstanceNormalization", SCALE_AND_SHIFT),
            Map.entry("BatchNormalization", List.of("", "weight", "bias", "running_mean", "running_var")),
            Map.entry("SkipLayerNormalization", List.of("", "", "weight", "bias")),
            Map.entry("SkipSimplifiedLayerNormalization", List.of("", "", "weight")),
            Map.entry("EmbedLayerNormalization", List.of()),
            Map.entry("ConvTranspose", SCALE_AND_SHIFT),
            Map.entry("PRelu", SCALE_AND_SHIFT),
            Map.entry("Mul", List.of("weight", "weight")),
            Map.entry("Add", List.of("bias", "bias")));

    private ParameterRoles() {}

    /** The parameter's name, or empty where the operator does not say. */
    static String of(String operator, int input) {
        List<String> roles = BY_OPERATOR.getOrDefault(operator, List.of());
        return input < roles.size() ? roles.get(input) : "";
    }
}
