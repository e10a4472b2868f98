package dev.graft.adapter.format.peft;

/** The {@code peft_type}s that are not read: what each is, why it is refused, and what to do instead. */
enum RefusedMethod {
    LOHA("LoHa (a Hadamard product of two low-rank matrices)", Why.CONVERTIBLE),
    LOKR("LoKr (a Kronecker product)", Why.CONVERTIBLE),
    IA3("IA3 (a factor on each row or column)", Why.OTHER_CHANGE),
    OFT("OFT (an orthogonal rotation of the weight)", Why.OTHER_CHANGE),
    BOFT("BOFT (a butterfly of orthogonal rotations)", Why.OTHER_CHANGE),
    HRA("HRA (Householder reflections)", Why.OTHER_CHANGE),
    PVERA("PVeRA (probabilistic VeRA)", Why.OTHER_CHANGE),
    FOURIERFT("FourierFT (a sparse spectrum)", Why.CONVERTIBLE),
    MISS("MiSS (tiled blocks)", Why.CONVERTIBLE),
    BONE("Bone (the older name of MiSS)", Why.OTHER_CHANGE),
    SHIRA("SHiRA (a sparse change)", Why.OTHER_CHANGE),
    RANDLORA("RandLora (a sum of random bases)", Why.CONVERTIBLE),
    ROAD("RoAd (rotations in pairs)", Why.OTHER_CHANGE),
    HIRA("HiRA (a Hadamard product with the weight itself)", Why.OTHER_CHANGE),
    C3A("C3A (circular convolution)", Why.CONVERTIBLE),
    WAVEFT("WaveFT (a sparse wavelet spectrum)", Why.CONVERTIBLE),
    DELORA("DeLoRA (a normalised low-rank change)", Why.CONVERTIBLE),
    GRALORA("GraLoRA (LoRA in blocks)", Why.CONVERTIBLE),
    GLORA("GLoRA (products with the weight and a low-rank change)", Why.OTHER_CHANGE),
    ADAMSS("AdaMSS (changes in clusters of the weight's singular vectors)", Why.OTHER_CHANGE),
    BEFT("BEFT (trained biases)", Why.OTHER_CHANGE),
    FROD("FRoD (a sparse matrix between two shared rotations)", Why.OTHER_CHANGE),
    UNILORA("Uni-LoRA (one vector, projected to all factors)", Why.CONVERTIBLE),
    TINYLORA("TinyLoRA (a few numbers on the weight's singular vectors)", Why.CONVERTIBLE),
    PSOFT("PSOFT (an orthogonal rotation in a subspace)", Why.CONVERTIBLE),
    OSF("OSF (orthogonal subspace fine-tuning)", Why.OTHER_CHANGE),
    PEANUT("PEANuT (a small network on the weight)", Why.OTHER_CHANGE),
    SUPERTUNING("Super-Tuning (a sparse change)", Why.OTHER_CHANGE),
    DEFT("DEFT (a direction taken out of the weight, another put in)", Why.OTHER_CHANGE),
    LILY("Lily (low-rank factors, mixed by the input)", Why.INPUT_DEPENDENT),
    SHADOW("ShadowPEFT (a network that runs beside the model)", Why.INPUT_DEPENDENT),
    XLORA("X-LoRA (a mixture of adapters, gated by the input)", Why.INPUT_DEPENDENT),
    POLY("Poly (a mixture of adapters, routed by the task)", Why.INPUT_DEPENDENT),
    ADAPTION_PROMPT("LLaMA-Adapter (gated attention to learnt prompts)", Why.INPUT_DEPENDENT),
    PROMPT_TUNING("prompt tuning", Why.NO_WEIGHTS),
    MULTITASK_PROMPT_TUNING("multitask prompt tuning", Why.NO_WEIGHTS),
    P_TUNING("p-tuning", Why.NO_WEIGHTS),
    PREFIX_TUNING("prefix tuning", Why.NO_WEIGHTS),
    CPT("context-aware prompt tuning", Why.NO_WEIGHTS),
    CARTRIDGE("Cartridge (a trained key-value cache)", Why.NO_WEIGHTS);

    private final String what;
    private final Why why;

    RefusedMethod(String what, Why why) {
        this.what = what;
        this.why = why;
    }

    /** What the method is and why it is refused. */
    String reason() {
        return name() + " is not supported: this adapter is " + what + ", and " + why.reason;
    }

    /** What to do instead. */
    String remedy() {
        return why.remedy;
    }

    /** What stands in the way. */
    private enum Why {
        OTHER_CHANGE(Words.ONLY_LOW_RANK, PeftFolder.MERGE_IN_PYTORCH + "."),
        /** The same, but PEFT finds factors A and B that come near the change. */
        CONVERTIBLE(
                Words.ONLY_LOW_RANK,
                PeftFolder.MERGE_IN_PYTORCH
                        + ". Or make a LoRA of it with PEFT's save_as_lora, which comes as near as its rank allows."),
        INPUT_DEPENDENT("its effect depends on the input, so that no weight can hold it", Words.EXPORT_WITH_ADAPTER),
        NO_WEIGHTS("it changes the prompt and no weight, so that there is nothing to merge", Words.EXPORT_WITH_ADAPTER);

        private final String reason;
        private final String remedy;

        Why(String reason, String remedy) {
            this.reason = reason;
            this.remedy = remedy;
        }
    }

    private static final class Words {
        static final String ONLY_LOW_RANK =
                "Graft merges and attaches only replaced tensors and low-rank changes as LoRA,"
                        + " DoRA, AdaLoRA, VeRA and VB-LoRA store them";
        static final String EXPORT_WITH_ADAPTER =
                "Export the PyTorch model to ONNX with the adapter on it, or train a LoRA instead.";
    }
}
