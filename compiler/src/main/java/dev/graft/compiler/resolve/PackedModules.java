package dev.graft.compiler.resolve;

import dev.graft.compiler.scan.ModelIndex;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The modules that one stored weight holds side by side. */
public final class PackedModules {
    private static final String PACKED = "qkv_proj";

    private PackedModules() {}

    /**
     * The modules of a packed site: {@code attn.qkv_proj} of onnxruntime-genai's models is q_proj, k_proj and v_proj, with heads as the attention
     * behind it says; nothing for other sites, and where no attention says how many heads there are.
     */
    public static Map<String, WeightView> of(ModelIndex model, Site site, String module) {
        Map<String, WeightView> parts = new LinkedHashMap<>();
        Optional<PackedHeads> heads = module.endsWith("." + PACKED)
                ? PackedHeads.behind(ModelScopes.of(model), site)
                : Optional.empty();
        if (heads.isPresent()) {
            String parent = module.substring(0, module.length() - PACKED.length());
            for (String projection : new String[] {"q_proj", "k_proj", "v_proj"}) {
                PackedPart.ofProjection(projection)
                        .flatMap(part -> part.slice(site.weight(), heads, 0))
                        .ifPresent(view -> parts.put(parent + projection, view));
            }
        }
        return parts;
    }
}
