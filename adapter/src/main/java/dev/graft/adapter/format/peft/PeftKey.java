package dev.graft.adapter.format.peft;

import static java.util.Map.entry;

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
 *         | ("lora_A" | "lora_B" | "lora_E") [adapter]                                        AdaLoRA
 *         | ("vera_lambda_b" | "vera_lambda_d") [adapter]                                     VeRA
 *         | ("vblora_logits_A" | "vblora_logits_B") ["_topk_indices" | "_topk_weights"] [adapter]   VB-LoRA
 *         | "ln_tuning_layers" ["default"] path                                               LN tuning
 *         | "base_layer" parameter | "modules_to_save" ["default"] path | "original_module" path | parameter
 * </pre>
 *
 * <p>What all modules share has no module: {@code base_model.vera_A}, {@code base_model.vera_B}, {@code
 * base_model.vblora_vector_bank}. Which parts an adapter may have, its method says.
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
        /** AdaLoRA's matrices, plain parameters there. */
        SINGULAR_A,
        SINGULAR_B,
        SINGULAR_VALUES,
        LAMBDA_B,
        LAMBDA_D,
        /** Of all modules. */
        PROJECTION_A,
        PROJECTION_B,
        LOGITS_A,
        LOGITS_B,
        TOP_INDICES_A,
        TOP_INDICES_B,
        TOP_WEIGHTS_A,
        TOP_WEIGHTS_B,
        /** Of all modules. */
        VECTOR_BANK,
        /** A whole parameter of a normalisation. */
        TUNED_TENSOR,
        /** The base's own weight, stored beside the adapter. */
        BASE_COPY,
        /** A whole parameter. */
        TENSOR,
        /** Of no method that is read here. */
        UNKNOWN
    }

    static final String PREFIX = "base_model.model.";

    private static final String TUNED = "ln_tuning_layers";

    private static final Map<String, Part> MARKERS = Map.ofEntries(
            entry("lora_A", Part.LORA_A),
            entry("lora_B", Part.LORA_B),
            entry("lora_embedding_A", Part.EMBEDDING_A),
            entry("lora_embedding_B", Part.EMBEDDING_B),
            entry("lora_magnitude_vector", Part.MAGNITUDE),
            entry("trainable_tokens_delta", Part.TOKEN_ROWS),
            entry("lora_E", Part.SINGULAR_VALUES),
            entry("vera_lambda_b", Part.LAMBDA_B),
            entry("vera_lambda_d", Part.LAMBDA_D),
            entry("vblora_logits_A", Part.LOGITS_A),
            entry("vblora_logits_B", Part.LOGITS_B),
            entry("vblora_logits_A_topk_indices", Part.TOP_INDICES_A),
            entry("vblora_logits_B_topk_indices", Part.TOP_INDICES_B),
            entry("vblora_logits_A_topk_weights", Part.TOP_WEIGHTS_A),
            entry("vblora_logits_B_topk_weights", Part.TOP_WEIGHTS_B));

    private static final Map<String, Part> SHARED = Map.of(
            "vera_A", Part.PROJECTION_A,
            "vera_B", Part.PROJECTION_B,
            "vblora_vector_bank", Part.VECTOR_BANK);

    /** Takes a tensor's name apart. */
    static PeftKey parse(String name) {
        List<String> segments = new ArrayList<>(List.of(name.split("\\.", -1)));
        segments.removeIf("_orig_mod"::equals);
        Part shared =
                segments.size() > 1 && segments.size() < 4 && segments.get(0).equals("base_model")
                        ? SHARED.get(segments.get(1))
                        : null;
        if (shared != null) {
            return new PeftKey("", shared, "", segments.size() > 2 ? segments.get(2) : "", true);
        }
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
        Part found = ofFactor(part, last);
        boolean nnLinear = found == Part.LORA_A || found == Part.LORA_B || found == Part.LORA_B_BIAS;
        if (nnLinear || part == Part.MAGNITUDE && last.equals("weight")) {
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

    /** LoRA's factors are layers with a weight and perhaps a bias, AdaLoRA's are parameters. */
    private static Part ofFactor(Part part, String last) {
        boolean isB = part == Part.LORA_B;
        if (part != Part.LORA_A && !isB || last.equals("weight")) {
            return part;
        }
        return isB && last.equals("bias") ? Part.LORA_B_BIAS : isB ? Part.SINGULAR_B : Part.SINGULAR_A;
    }

    private static PeftKey ofParameter(List<String> path, boolean hasPrefix) {
        List<String> rest = new ArrayList<>(path);
        String parameter = rest.remove(rest.size() - 1);
        Part part = Part.TENSOR;
        int saved = rest.lastIndexOf("modules_to_save");
        int original = rest.lastIndexOf("original_module");
        int tuned = rest.lastIndexOf(TUNED);
        if (saved >= 0 || tuned >= 0) {
            removeWrapper(rest, Math.max(saved, tuned));
            part = tuned >= 0 ? Part.TUNED_TENSOR : Part.TENSOR;
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

    private static void removeWrapper(List<String> path, int at) {
        path.remove(at);
        if (at < path.size() && path.get(at).equals("default")) {
            path.remove(at);
        }
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
                || segment.startsWith("vera_")
                || segment.startsWith("vblora_");
    }
}
