package dev.graft.adapter.format.kohya;

import dev.graft.adapter.Adapter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Turns kohya's flattened names back into paths for the models that kohya's files are mostly for.
 *
 * <p>The words are the segments of module paths in diffusers' and CompVis' U-Nets, CLIP and Llama. A name is taken apart only
 * if there is exactly one way to do it with these words; anything else is refused.
 */
public final class KohyaVocabulary {
    private static final Set<String> WORDS = Set.of(
            // CLIP and Llama
            "text_model",
            "encoder",
            "layers",
            "self_attn",
            "q_proj",
            "k_proj",
            "v_proj",
            "out_proj",
            "o_proj",
            "mlp",
            "fc1",
            "fc2",
            "model",
            "gate_proj",
            "up_proj",
            "down_proj",
            "embed_tokens",
            "lm_head",
            // diffusers' U-Net
            "down_blocks",
            "up_blocks",
            "mid_block",
            "attentions",
            "transformer_blocks",
            "attn1",
            "attn2",
            "to_q",
            "to_k",
            "to_v",
            "to_out",
            "ff",
            "net",
            "proj",
            "proj_in",
            "proj_out",
            "resnets",
            "conv1",
            "conv2",
            "conv_shortcut",
            "time_emb_proj",
            "downsamplers",
            "upsamplers",
            "conv",
            "conv_in",
            "conv_out",
            "time_embedding",
            "add_embedding",
            "linear_1",
            "linear_2",
            // CompVis' U-Net
            "input_blocks",
            "middle_block",
            "output_blocks",
            "in_layers",
            "out_layers",
            "emb_layers",
            "skip_connection",
            "op",
            "time_embed",
            "label_emb");

    private KohyaVocabulary() {}

    /**
     * The same adapter with dotted paths; one whose paths are dotted already is returned as it is.
     *
     * @throws GraftException {@code CONVERT_UNSUPPORTED} if a name has no such path, or several
     */
    public static Adapter restore(Adapter adapter) {
        if (!adapter.format().equals(KohyaNames.FORMAT)) {
            return adapter;
        }
        return KohyaNames.renamed(adapter, name -> {
            List<String> paths = paths(List.of(name.split("_", -1)));
            if (paths.size() != 1) {
                throw new GraftException(
                        ErrorCode.CONVERT_UNSUPPORTED,
                        "kohya writes _ for the dots of a module's path, and '" + name + "' can be read back as "
                                + (paths.isEmpty() ? "no" : "more than one")
                                + " path with the module names of Stable Diffusion, CLIP or Llama",
                        Location.ofTensor(adapter.source(), name),
                        "Give the adapter as it is to graft merge or graft attach with its model: the model's own names tell.");
            }
            return paths.get(0);
        });
    }

    /** At most two of the paths that the pieces can be joined to; from the end forward, so that no work is done twice. */
    private static List<String> paths(List<String> pieces) {
        List<List<String>> from = new ArrayList<>();
        for (int i = 0; i <= pieces.size(); i++) {
            from.add(new ArrayList<>());
        }
        from.get(pieces.size()).add("");
        for (int start = pieces.size() - 1; start >= 0; start--) {
            for (int end = start + 1; end <= Math.min(pieces.size(), start + 3); end++) {
                String word = String.join("_", pieces.subList(start, end));
                if (WORDS.contains(word) || word.matches("[0-9]{1,4}")) {
                    for (String rest : from.get(end)) {
                        from.get(start).add(rest.isEmpty() ? word : word + "." + rest);
                    }
                }
            }
            List<String> found = from.get(start);
            from.set(start, new ArrayList<>(found.subList(0, Math.min(2, found.size()))));
        }
        return from.get(0);
    }
}
