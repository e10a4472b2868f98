package dev.graft.adapter.format.kohya;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tensor's name in a kohya file: {@code PREFIX MODULE . SUFFIX}.
 *
 * @param component what of the pipeline the module belongs to: {@code unet}, {@code te}, {@code te1}, {@code te2}, or empty
 * @param module the flattened path
 * @param suffix what follows the first dot
 */
record KohyaKey(String component, String module, String suffix) {
    static final String DOWN = "lora_down.weight";
    static final String UP = "lora_up.weight";
    static final String MID = "lora_mid.weight";
    static final String ALPHA = "alpha";

    private static final List<String> COMPONENTS = List.of("unet", "te1", "te2", "te3", "te");
    private static final Map<String, String> METHODS = Map.of(
            "hada_", "LoHa (a Hadamard product of two low-rank matrices)",
            "lokr_", "LoKr (a Kronecker product)",
            "oft_", "OFT (an orthogonal rotation)",
            "dora_scale", "DoRA in LyCORIS's form, whose norm runs over the inputs and has an epsilon",
            "boft_", "BOFT (a butterfly of orthogonal rotations)",
            "a1.", "GLoRA",
            "on_input", "IA3 (a factor on each row or column)",
            "diff", "a full difference of the weight");

    /** Takes a name apart, if it is one of kohya's. */
    static Optional<KohyaKey> parse(String name) {
        int dot = name.indexOf('.');
        if (dot < 0 || !name.startsWith("lora_")) {
            return Optional.empty();
        }
        String flat = name.substring("lora_".length(), dot);
        String suffix = name.substring(dot + 1);
        for (String component : COMPONENTS) {
            if (flat.startsWith(component + "_")) {
                return Optional.of(new KohyaKey(component, flat.substring(component.length() + 1), suffix));
            }
        }
        return Optional.of(new KohyaKey("", flat, suffix));
    }

    /** The method that the suffix belongs to, if it is one that is refused. */
    Optional<String> refusedMethod() {
        return METHODS.entrySet().stream()
                .filter(method -> suffix.startsWith(method.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
