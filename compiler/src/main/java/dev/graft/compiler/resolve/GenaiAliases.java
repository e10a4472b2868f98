package dev.graft.compiler.resolve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that onnxruntime-genai's model builder gives to modules of transformers models. */
final class GenaiAliases {
    private static final Pattern ATTENTION =
            Pattern.compile("(.*\\.)?(?:self_attn|attention|self_attention|attn)\\.([^.]+)");
    /** The last step of the builder's name for the norm behind the last layer. */
    static final String FINAL_NORM_STEP = "final_norm_layernorm";

    private static final Pattern FINAL_NORM = Pattern.compile("(.*\\.)?(?:norm|final_layernorm|ln_f)");

    /** Where the builder puts the norm behind the last layer; which number the layer has, the adapter does not say. */
    private static final Pattern GENAI_FINAL_NORM = Pattern.compile("(.*\\.)?layers\\.[0-9]+\\.final_norm_layernorm");

    private GenaiAliases() {}

    /**
     * Another name for a module.
     *
     * @param module the name
     * @param part which part of a packed weight it is, if it is one
     */
    record Alias(String module, Optional<PackedPart> part) {}

    /** The other names of a module path. */
    static List<Alias> of(String module) {
        List<Alias> aliases = new ArrayList<>();
        Matcher attention = ATTENTION.matcher(module);
        if (attention.matches()) {
            String prefix = (attention.group(1) == null ? "" : attention.group(1)) + "attn.";
            String projection = projection(attention.group(2));
            aliases.add(new Alias(prefix + projection, Optional.empty()));
            // an adapter with genai's names on a model with the original ones
            aliases.add(new Alias(
                    (attention.group(1) == null ? "" : attention.group(1)) + "self_attn." + attention.group(2),
                    Optional.empty()));
            PackedPart.ofProjection(projection)
                    .ifPresent(part -> aliases.add(new Alias(prefix + "qkv_proj", Optional.of(part))));
        }
        aliases.removeIf(alias -> alias.module().equals(module));
        return aliases;
    }

    /** Whether a site's name is the builder's name for the norm that a module path names. */
    static boolean isFinalNorm(String module, String siteModule) {
        return FINAL_NORM.matcher(module).matches()
                && GENAI_FINAL_NORM.matcher(siteModule).matches();
    }

    private static String projection(String name) {
        return switch (name) {
            case "dense", "out_proj", "c_proj" -> "o_proj";
            case "query_key_value", "c_attn", "Wqkv" -> "qkv_proj";
            default -> name;
        };
    }
}
