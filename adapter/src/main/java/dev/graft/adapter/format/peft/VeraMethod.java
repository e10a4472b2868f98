package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.Projections;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code VERA}: {@code W' = W + diag(b)·B[:out]·diag(d)·A[:, :in]} with two random matrices that all modules share (Kopiczko et al. 2024;
 * PEFT 0.21, {@code tuners/vera}). They are in the file, or with {@code save_projection=false} drawn again from {@code
 * projection_prng_key}.
 *
 * <p>How many inputs a module has only the base says: see {@link SharedProjectionChange}, also for what is rounded.
 */
final class VeraMethod implements PeftMethod {
    private static final Set<PeftKey.Part> PARTS = EnumSet.of(
            PeftKey.Part.LAMBDA_B, PeftKey.Part.LAMBDA_D, PeftKey.Part.PROJECTION_A, PeftKey.Part.PROJECTION_B);
    private static final Set<String> KNOWN = Set.of(
            "r",
            "projection_prng_key",
            "save_projection",
            "vera_dropout",
            "d_initial",
            "fan_in_fan_out",
            "bias",
            "init_weights",
            "layers_to_transform",
            "layers_pattern");

    @Override
    public Adapter read(PeftFolder folder) {
        PeftConfig config = folder.config();
        List<String> warnings = new ArrayList<>(ConfigKeys.warnAboutUnknown(folder, KNOWN));
        FolderTensors tensors = new FolderTensors(folder, warnings, PARTS);
        long rank = config.rank("r");
        long mostOutputs = 0;
        for (ModuleTensors module : tensors.modules()) {
            mostOutputs = Math.max(mostOutputs, vector(folder, module, PeftKey.Part.LAMBDA_B, "vera_lambda_b"));
            long ranks = vector(folder, module, PeftKey.Part.LAMBDA_D, "vera_lambda_d");
            if (ranks != rank) {
                throw folder.incomplete(module.module(), "r is " + rank + ", but vera_lambda_d has " + ranks);
            }
        }
        Projections projections = config.flag("save_projection", true)
                ? stored(folder, tensors.shared(), rank, mostOutputs)
                : drawn(folder, tensors.shared(), rank, mostOutputs);
        List<ModuleChange> changes = new ArrayList<>();
        tensors.modules().forEach(module -> changes.add(change(folder, module, projections)));
        changes.addAll(tensors.replacements());
        if (changes.isEmpty()) {
            throw folder.holdsNothing();
        }
        return new Adapter(folder.path(), "peft", "VeRA", changes, details(config), warnings);
    }

    private static long vector(PeftFolder folder, ModuleTensors module, PeftKey.Part part, String name) {
        Tensor vector = folder.require(module, part, name);
        if (vector.shape().rank() != 1 || vector.shape().elements() == 0) {
            throw folder.invalidTensor(vector.name(), "expected a vector, got " + vector.shape());
        }
        return vector.shape().elements();
    }

    private static Projections stored(PeftFolder folder, ModuleTensors shared, long rank, long mostOutputs) {
        Tensor a = projection(folder, shared, PeftKey.Part.PROJECTION_A, "vera_A");
        Tensor b = projection(folder, shared, PeftKey.Part.PROJECTION_B, "vera_B");
        if (a.shape().dim(0) != rank) {
            throw folder.invalidTensor(a.name(), "expected [" + rank + ", in], as r says, got " + a.shape());
        }
        if (b.shape().dim(1) != rank || b.shape().dim(0) < mostOutputs) {
            throw folder.invalidTensor(
                    b.name(), "expected [at least " + mostOutputs + ", " + rank + "], got " + b.shape());
        }
        return new StoredProjections(a, b);
    }

    private static Tensor projection(PeftFolder folder, ModuleTensors shared, PeftKey.Part part, String name) {
        Tensor tensor = shared.get(part);
        if (tensor == null) {
            throw folder.invalidTensors(
                    "save_projection is set, but the file has no " + name,
                    "Save the adapter again with PEFT; with save_projection=false it is drawn from projection_prng_key.");
        }
        if (tensor.shape().rank() != 2) {
            throw folder.invalidTensor(tensor.name(), "expected a matrix, got " + tensor.shape());
        }
        return tensor;
    }

    private static Projections drawn(PeftFolder folder, ModuleTensors shared, long rank, long mostOutputs) {
        if (shared.hasFactors()) {
            throw folder.invalidTensors(
                    "the file has projections, but save_projection is false, and PEFT would draw others",
                    "Set save_projection to true in " + PeftConfig.FILE_NAME + " to use those of the file.");
        }
        return new DrawnProjections(folder, folder.config().wholeNumber("projection_prng_key", 0), rank, mostOutputs);
    }

    private static ModuleChange change(PeftFolder folder, ModuleTensors module, Projections projections) {
        return new SharedProjectionChange(
                module.module(),
                projections,
                folder.require(module, PeftKey.Part.LAMBDA_B, "vera_lambda_b"),
                folder.require(module, PeftKey.Part.LAMBDA_D, "vera_lambda_d"));
    }

    private static Map<String, String> details(PeftConfig config) {
        return OptionText.details(
                config,
                "r",
                "save_projection",
                "projection_prng_key",
                "bias",
                "target_modules",
                "modules_to_save",
                "base_model_name_or_path",
                "peft_version");
    }

    /** Projections of the file. */
    private record StoredProjections(Tensor first, Tensor second) implements Projections {
        @Override
        public long mostInputs() {
            return first.shape().dim(1);
        }

        @Override
        public Tensor a(long widestInputs) {
            return first;
        }

        @Override
        public Tensor b(long widestInputs) {
            return second;
        }
    }
}
