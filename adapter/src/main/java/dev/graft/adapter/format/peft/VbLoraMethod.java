package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code VBLORA}: {@code W' = W + B·A}, where each piece of A's rows and of B's columns is a sum of the topk vectors of one bank that its
 * logits choose, weighted by their softmax (Li et al. 2024, section 4; PEFT 0.21, {@code tuners/vblora}).
 *
 * <p>Logits A are [r, in / vector_length, num_vectors], B [out / vector_length, r, num_vectors]. With {@code save_only_topk_weights} the
 * file has the numbers of the chosen vectors and all their weights but the last, which is what is missing to 1.
 *
 * <p>Weights and sums are computed in float64 and A and B rounded to float32, in which PEFT computes all of it.
 */
final class VbLoraMethod implements PeftMethod {
    private static final Set<PeftKey.Part> PARTS = EnumSet.of(
            PeftKey.Part.LOGITS_A,
            PeftKey.Part.LOGITS_B,
            PeftKey.Part.TOP_INDICES_A,
            PeftKey.Part.TOP_INDICES_B,
            PeftKey.Part.TOP_WEIGHTS_A,
            PeftKey.Part.TOP_WEIGHTS_B,
            PeftKey.Part.VECTOR_BANK);
    private static final Set<String> KNOWN = Set.of(
            "r",
            "num_vectors",
            "vector_length",
            "topk",
            "save_only_topk_weights",
            "vblora_dropout",
            "fan_in_fan_out",
            "bias",
            "init_vector_bank_bound",
            "init_logits_std",
            "layers_to_transform",
            "layers_pattern");

    /** The tensors that say how one of the two matrices is mixed. */
    private enum Side {
        A(PeftKey.Part.LOGITS_A, PeftKey.Part.TOP_INDICES_A, PeftKey.Part.TOP_WEIGHTS_A),
        B(PeftKey.Part.LOGITS_B, PeftKey.Part.TOP_INDICES_B, PeftKey.Part.TOP_WEIGHTS_B);

        private final PeftKey.Part logits;
        private final PeftKey.Part indices;
        private final PeftKey.Part weights;

        Side(PeftKey.Part logits, PeftKey.Part indices, PeftKey.Part weights) {
            this.logits = logits;
            this.indices = indices;
            this.weights = weights;
        }

        private String named() {
            return "vblora_logits_" + name();
        }
    }

    @Override
    public Adapter read(PeftFolder folder) {
        PeftConfig config = folder.config();
        List<String> warnings = new ArrayList<>(ConfigKeys.warnAboutUnknown(folder, KNOWN));
        FolderTensors tensors = new FolderTensors(folder, warnings, PARTS);
        VectorBank bank = VectorBank.of(folder, tensors.shared().get(PeftKey.Part.VECTOR_BANK));
        VectorChoices choices = new VectorChoices(folder);
        List<ModuleChange> changes = new ArrayList<>();
        tensors.modules().forEach(module -> changes.add(change(folder, module, choices, bank)));
        if (changes.isEmpty()) {
            throw folder.holdsNothing();
        }
        changes.addAll(tensors.replacements());
        return new Adapter(folder.path(), "peft", "VB-LoRA", changes, details(config), warnings);
    }

    private static ModuleChange change(
            PeftFolder folder, ModuleTensors module, VectorChoices choices, VectorBank bank) {
        VectorMix mixA = mix(folder, module, choices, Side.A);
        VectorMix mixB = mix(folder, module, choices, Side.B);
        long rank = folder.config().rank("r");
        if (mixA.first() != rank || mixB.second() != rank) {
            throw folder.incomplete(
                    module.module(),
                    "r is " + rank + ", but its logits are for A of rank " + mixA.first() + " and B of rank "
                            + mixB.second());
        }
        return new LowRankChange(module.module(), LayerKind.LINEAR, bank.rows(mixA), bank.columns(mixB), 1, null, null);
    }

    private static VectorMix mix(PeftFolder folder, ModuleTensors module, VectorChoices choices, Side side) {
        boolean onlyTop = folder.config().flag("save_only_topk_weights");
        boolean hasLogits = module.get(side.logits) != null;
        boolean hasTop = module.get(side.indices) != null || module.get(side.weights) != null;
        if (onlyTop ? hasLogits : hasTop) {
            throw folder.incomplete(
                    module.module(),
                    onlyTop
                            ? "save_only_topk_weights is set, but it has all of " + side.named()
                            : "it has only the largest of " + side.named() + ", but save_only_topk_weights is not set");
        }
        return onlyTop
                ? choices.ofTop(
                        folder.require(module, side.indices, side.named() + "_topk_indices"),
                        folder.require(module, side.weights, side.named() + "_topk_weights"))
                : choices.ofLogits(folder.require(module, side.logits, side.named()));
    }

    private static Map<String, String> details(PeftConfig config) {
        return OptionText.details(
                config,
                "r",
                "num_vectors",
                "vector_length",
                "topk",
                "save_only_topk_weights",
                "bias",
                "target_modules",
                "modules_to_save",
                "base_model_name_or_path",
                "peft_version");
    }
}
