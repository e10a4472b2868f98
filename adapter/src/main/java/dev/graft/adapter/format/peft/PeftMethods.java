package dev.graft.adapter.format.peft;

import dev.graft.error.DidYouMean;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The table of methods: every {@code peft_type} of PEFT 0.21, with what reads it or why nothing does. */
final class PeftMethods {
    private static final String NOT_YET =
            "its change is no product of two thin matrices, which is all that is merged so far";
    private static final String INPUT_DEPENDENT = "its effect depends on the input, so that no weight can hold it";
    private static final String NO_WEIGHTS = "it changes the prompt and no weight, so that there is nothing to merge";
    private static final String RARE = "its formula has not been checked against PEFT";

    private static final Map<String, PeftMethod> TABLE = table();

    private PeftMethods() {}

    private static Map<String, PeftMethod> table() {
        Map<String, PeftMethod> table = new LinkedHashMap<>();
        table.put("LORA", new LoraMethod());
        table.put("TRAINABLE_TOKENS", new TrainableTokensMethod());
        table.put("ADALORA", new AdaLoraMethod());
        table.put("VERA", new VeraMethod());
        table.put("VBLORA", new VbLoraMethod());
        table.put("LN_TUNING", new LnTuningMethod());
        refuse(table, "LOHA", "LoHa (a Hadamard product of two low-rank matrices)", NOT_YET);
        refuse(table, "LOKR", "LoKr (a Kronecker product)", NOT_YET);
        refuse(table, "IA3", "IA3 (a factor on each row or column)", NOT_YET);
        refuse(table, "OFT", "OFT (an orthogonal rotation of the weight)", NOT_YET);
        refuse(table, "BOFT", "BOFT (a butterfly of orthogonal rotations)", NOT_YET);
        refuse(table, "HRA", "HRA (Householder reflections)", NOT_YET);
        refuse(table, "PVERA", "PVeRA (probabilistic VeRA)", RARE);
        refuse(table, "FOURIERFT", "FourierFT (a sparse spectrum)", NOT_YET);
        refuse(table, "MISS", "MiSS (tiled blocks)", NOT_YET);
        refuse(table, "BONE", "Bone (the older name of MiSS)", NOT_YET);
        refuse(table, "SHIRA", "SHiRA (a sparse change)", NOT_YET);
        refuse(table, "RANDLORA", "RandLora (a sum of random bases)", NOT_YET);
        refuse(table, "ROAD", "RoAd (rotations in pairs)", NOT_YET);
        refuse(table, "HIRA", "HiRA (a Hadamard product with the weight itself)", NOT_YET);
        refuse(table, "C3A", "C3A (circular convolution)", NOT_YET);
        refuse(table, "WAVEFT", "WaveFT (a sparse wavelet spectrum)", NOT_YET);
        refuse(table, "DELORA", "DeLoRA (normalised low-rank change)", RARE);
        refuse(table, "GRALORA", "GraLoRA (LoRA in blocks)", RARE);
        refuse(table, "GLORA", "GLoRA (generalised LoRA)", RARE);
        refuse(table, "ADAMSS", "AdaMSS (adaptive subspaces)", RARE);
        refuse(table, "BEFT", "BEFT (trained biases)", RARE);
        refuse(table, "LILY", "Lily (shared low-rank factors)", RARE);
        refuse(table, "FROD", "FRoD", RARE);
        refuse(table, "UNILORA", "Uni-LoRA (a shared vector, projected)", RARE);
        refuse(table, "TINYLORA", "TinyLoRA", RARE);
        refuse(table, "PSOFT", "PSOFT (orthogonal rotation in a subspace)", RARE);
        refuse(table, "OSF", "OSF (orthogonal subspace fine-tuning)", RARE);
        refuse(table, "PEANUT", "PEANuT (a small network on the weight)", RARE);
        refuse(table, "SUPERTUNING", "SuperTuning", RARE);
        refuse(table, "DEFT", "DEFT", RARE);
        refuse(table, "SHADOW", "Shadow", RARE);
        refuse(table, "XLORA", "X-LoRA (a mixture of adapters, gated by the input)", INPUT_DEPENDENT);
        refuse(table, "POLY", "Poly (a mixture of adapters, routed by the task)", INPUT_DEPENDENT);
        refuse(table, "ADAPTION_PROMPT", "LLaMA-Adapter (gated attention to learnt prompts)", INPUT_DEPENDENT);
        refuse(table, "PROMPT_TUNING", "prompt tuning", NO_WEIGHTS);
        refuse(table, "MULTITASK_PROMPT_TUNING", "multitask prompt tuning", NO_WEIGHTS);
        refuse(table, "P_TUNING", "p-tuning", NO_WEIGHTS);
        refuse(table, "PREFIX_TUNING", "prefix tuning", NO_WEIGHTS);
        refuse(table, "CPT", "context-aware prompt tuning", NO_WEIGHTS);
        refuse(table, "CARTRIDGE", "Cartridge (a trained key-value cache)", NO_WEIGHTS);
        return table;
    }

    private static void refuse(Map<String, PeftMethod> table, String type, String what, String reason) {
        table.put(type, folder -> {
            throw folder.unsupported(
                    type + " is not supported: this adapter is " + what + ", and " + reason,
                    "Merge it with PEFT and export the model again, or convert the adapter to LoRA with PEFT's convert_to_lora.");
        });
    }

    /** The types that the table knows. */
    static Set<String> types() {
        return TABLE.keySet();
    }

    /** The method for the folder's {@code peft_type}. */
    static PeftMethod of(PeftFolder folder) {
        String type = folder.config()
                .text("peft_type")
                .orElseThrow(() -> folder.config().invalid("peft_type is missing"));
        PeftMethod method = TABLE.get(type);
        if (method == null) {
            throw folder.unsupported("unknown peft_type '" + type + "'", DidYouMean.sentence(type, types()));
        }
        return method;
    }
}
