package dev.graft.adapter.format.peft;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A tensor's name in a PEFT file, taken apart.
 *
 * <pre>
 * name   := ["base_model.model."] module "." part        and "_orig_mod." anywhere, from torch.compile
 * part   := "lora_A" [adapter] "weight" | "lora_B" [adapter] ("weight" | "bias")
 *         | "lora_embedding_A" [adapter] | "lora_embedding_B" [adapter] | "lora_magnitude_vector" [adapter] ["weight"]
 *         | ["token_adapter"] "trainable_tokens_delta" [adapter]
 *         | "base_layer" parameter | "modules_to_save" ["default"] path | "original_module" path | parameter
 * </pre>
 *
 * <p>PEFT leaves the adapter's name out since version 0.2; files written by other programs still have it.
 *
 * @param module the module's path without PEFT's prefix and wrappers
 * @param part what of the module it is
 * @param parameter the parameter's name, for {@link Part#TENSOR} and {@link Part#BASE_COPY}
 * @param adapter the adapter's name inside the key, or an empty string
 * @param hasPrefix whether the name began with PEFT's prefix
 */
record PeftKey(String module, Part part, String parameter, String adapter, boolean hasPrefix) {
    /** What a tensor is to its module. */
    enum Part {
        LORA_A,
        LORA_B,
        LORA_B_BIAS,
        EMBEDDING_A,
        EMBEDDING_B,
        MAGNITUDE,
        TOKEN_ROWS,
        /** The base's own weight, stored beside the adapter. */
        BASE_COPY,
        /** A whole parameter. */
        TENSOR,
        /** Of no method that is read here. */
        UNKNOWN
    }

    static final String PREFIX = "base_model.model.";

    private static final Map<String, Part> MARKERS = Map.of(
            "lora_A", Part.LORA_A,
            "lora_B", Part.LORA_B,
            "lora_embedding_A", Part.EMBEDDING_A,
            "lora_embedding_B", Part.EMBEDDING_B,
            "lora_magnitude_vector", Part.MAGNITUDE,
            "trainable_tokens_delta", Part.TOKEN_ROWS);

    /** Takes a tensor's name apart. */
    static PeftKey parse(String name) {
        List<String> segments = new ArrayList<>(List.of(name.split("\\.", -1)));
        segments.removeIf("_orig_mod"::equals);
        boolean hasPrefix = segments.size() > 2
                && segments.get(0).equals("base_model")
                && segments.get(1).equals("model");
        List<String> path = hasPrefix ? segments.subList(2, segments.size()) : segments;
        for (int i = path.size() - 1; i >= 0; i--) {
            Part part = MARKERS.get(path.get(i));
            if (part != null) {
                return ofMarker(path.subList(0, i), part, path.subList(i + 1, path.size()), hasPrefix);
            }
        }
        return ofParameter(path, hasPrefix);
    }

    private static PeftKey ofMarker(List<String> before, Part part, List<String> after, boolean hasPrefix) {
        List<String> rest = new ArrayList<>(after);
        String last = rest.isEmpty() ? "" : rest.get(rest.size() - 1);
        boolean factor = part == Part.LORA_A || part == Part.LORA_B;
        Part found = factor && !last.equals("weight") ? Part.UNKNOWN : part;
        if (part == Part.LORA_B && last.equals("bias")) {
            found = Part.LORA_B_BIAS;
        }
        if (!rest.isEmpty() && (factor || part == Part.MAGNITUDE && last.equals("weight"))) {
            rest.remove(rest.size() - 1);
        }
        List<String> module = before;
        if (part == Part.TOKEN_ROWS && endsWith(before, "token_adapter")) {
            module = before.subList(0, before.size() - 1);
        }
        if (rest.size() > 1 || module.isEmpty()) {
            found = Part.UNKNOWN;
        }
        return new PeftKey(String.join(".", module), found, last, rest.isEmpty() ? "" : rest.get(0), hasPrefix);
    }

    private static PeftKey ofParameter(List<String> path, boolean hasPrefix) {
        List<String> rest = new ArrayList<>(path);
        String parameter = rest.remove(rest.size() - 1);
        Part part = Part.TENSOR;
        int saved = rest.lastIndexOf("modules_to_save");
        int original = rest.lastIndexOf("original_module");
        if (saved >= 0) {
            rest.remove(saved);
            if (saved < rest.size() && rest.get(saved).equals("default")) {
                rest.remove(saved);
            }
        } else if (original >= 0) {
            rest.remove(original);
            part = Part.BASE_COPY;
        } else if (endsWith(rest, "base_layer")) {
            rest.remove(rest.size() - 1);
            part = parameter.equals("bias") ? Part.TENSOR : Part.BASE_COPY;
        }
        if (endsWith(rest, "token_adapter")) {
            rest.remove(rest.size() - 1);
        }
        boolean strange = rest.isEmpty() || path.stream().anyMatch(PeftKey::isOfAnotherMethod);
        return new PeftKey(String.join(".", rest), strange ? Part.UNKNOWN : part, parameter, "", hasPrefix);
    }

    private static boolean endsWith(List<String> path, String last) {
        return !path.isEmpty() && path.get(path.size() - 1).equals(last);
    }

    private static boolean isOfAnotherMethod(String segment) {
        return segment.startsWith("lora_")
                || segment.startsWith("hada_")
                || segment.startsWith("lokr_")
                || segment.startsWith("oft_")
                || segment.startsWith("ia3_")
                || segment.startsWith("vera_");
    }
}
