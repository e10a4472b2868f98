package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code ADALORA}: {@code W' = W + s·B·(A∘E)} with a column E of singular values (Zhang et al. 2023, section 3.1) and {@code
 * s = lora_alpha / (init_r + 1e-5)}, or {@code rank / (init_r + 1e-5)} where alpha is not positive (PEFT 0.21, {@code
 * tuners/adalora/layer.py}).
 *
 * <p>The divisor is the rank that training began with, whatever is left of it: where {@code rank_pattern} says that a module was pruned,
 * PEFT cuts the tensors and keeps its {@code ranknum}. A module that has lost all its ranks is not changed.
 *
 * <p>A∘E is rounded to float32, as in PEFT. Whether B·A belongs to a matrix product or a convolution, of which the file says nothing, the
 * base decides.
 */
final class AdaLoraMethod implements PeftMethod {
    private static final Set<PeftKey.Part> PARTS = EnumSet.of(
            PeftKey.Part.SINGULAR_A, PeftKey.Part.SINGULAR_B, PeftKey.Part.SINGULAR_VALUES, PeftKey.Part.TOKEN_ROWS);
    private static final Set<String> SCHEDULE = Set.of(
            "init_r", "target_r", "tinit", "tfinal", "deltaT", "beta1", "beta2", "orth_reg_weight", "total_step");
    private static final Map<String, String> REFUSED = Map.of(
            "use_dora", "PEFT has no DoRA of this kind",
            "loftq_config", "LoftQ changes the base when training begins, and the file does not hold that change");

    /** Options of LoRA that PEFT accepts here and never looks at. */
    private static final List<String> IGNORED = List.of("use_rslora", "alpha_pattern", "lora_bias");

    @Override
    public Adapter read(PeftFolder folder) {
        PeftConfig config = folder.config();
        List<String> warnings = check(folder);
        FolderTensors tensors = new FolderTensors(folder, warnings, PARTS);
        AdaLoraRanks ranks = new AdaLoraRanks(config);
        List<ModuleChange> changes = new ArrayList<>();
        List<String> pruned = new ArrayList<>();
        for (ModuleTensors module : tensors.modules()) {
            if (module.hasFactors() && ranks.rank(module.module()) > 0) {
                changes.add(change(folder, module, ranks));
            } else if (module.hasFactors()) {
                checkShapes(folder, module, 0);
                pruned.add(module.module());
            }
        }
        if (!pruned.isEmpty()) {
            warnings.add(
                    pruned.size() + " modules were pruned to rank 0 and are not changed: " + PeftFolder.listed(pruned));
        }
        changes.addAll(
                TokenRows.read(folder, tensors, config.get("trainable_token_indices"), "trainable_token_indices"));
        changes.addAll(tensors.replacements());
        if (changes.isEmpty()) {
            throw folder.holdsNothing();
        }
        return new Adapter(folder.path(), "peft", "AdaLoRA", changes, details(config), warnings);
    }

    private static List<String> check(PeftFolder folder) {
        ConfigKeys.refuse(folder, REFUSED, "Compare it with what PEFT wrote: PEFT itself refuses this option here.");
        Set<String> known = new HashSet<>(LoraOptions.KNOWN);
        known.addAll(SCHEDULE);
        List<String> warnings = LoraOptions.checkShared(folder, known);
        for (String option : IGNORED) {
            if (folder.config().isSet(option)) {
                warnings.add(option + " has no effect on AdaLoRA, in PEFT as here");
            }
        }
        return warnings;
    }

    private static LowRankChange change(PeftFolder folder, ModuleTensors module, AdaLoraRanks ranks) {
        checkShapes(folder, module, ranks.rank(module.module()));
        Tensor a = folder.require(module, PeftKey.Part.SINGULAR_A, "lora_A");
        Tensor b = folder.require(module, PeftKey.Part.SINGULAR_B, "lora_B");
        Tensor values = folder.require(module, PeftKey.Part.SINGULAR_VALUES, "lora_E");
        Tensor product = a.rowsScaled(values, a.shape().dim(1));
        return new LowRankChange(
                module.module(),
                LayerKind.LINEAR_OR_CONV,
                product,
                b.dtype() == DType.FLOAT64 ? b : b.inFormat(product.dtype()),
                ranks.scaling(module.module()),
                null,
                null);
    }

    private static void checkShapes(PeftFolder folder, ModuleTensors module, long rank) {
        Tensor a = folder.require(module, PeftKey.Part.SINGULAR_A, "lora_A");
        Tensor b = folder.require(module, PeftKey.Part.SINGULAR_B, "lora_B");
        Tensor values = folder.require(module, PeftKey.Part.SINGULAR_VALUES, "lora_E");
        boolean matrices = a.shape().rank() == 2
                && b.shape().rank() == 2
                && a.shape().dim(0) == rank
                && b.shape().dim(1) == rank;
        if (!matrices) {
            throw folder.invalidTensor(
                    a.name(),
                    "the configuration gives " + module.module() + " rank " + rank + ", so that A is [" + rank
                            + ", in] and B is [out, " + rank + "], got A " + a.shape() + " and B " + b.shape());
        }
        if (values.shape().rank() != 2
                || values.shape().dim(0) != rank
                || values.shape().dim(1) != 1) {
            throw folder.invalidTensor(
                    values.name(), "expected singular values [" + rank + ", 1], got " + values.shape());
        }
    }

    private static Map<String, String> details(PeftConfig config) {
        return OptionText.details(
                config,
                "init_r",
                "target_r",
                "lora_alpha",
                "bias",
                "target_modules",
                "modules_to_save",
                "trainable_token_indices",
                "base_model_name_or_path",
                "peft_version");
    }
}
