package dev.graft.adapter.format.peft;

import dev.graft.adapter.TensorReplacement;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every tensor of a folder, sorted into modules and replacements; none is left over in silence. */
final class FolderTensors {
    /** What a LoRA is made of, besides whole tensors. */
    static final Set<PeftKey.Part> OF_LORA = EnumSet.of(
            PeftKey.Part.LORA_A,
            PeftKey.Part.LORA_B,
            PeftKey.Part.LORA_B_BIAS,
            PeftKey.Part.EMBEDDING_A,
            PeftKey.Part.EMBEDDING_B,
            PeftKey.Part.MAGNITUDE,
            PeftKey.Part.TOKEN_ROWS);

    private static final Set<PeftKey.Part> INDICES = EnumSet.of(PeftKey.Part.TOP_INDICES_A, PeftKey.Part.TOP_INDICES_B);
    private static final Set<DType> INTEGERS = EnumSet.of(DType.UINT8, DType.INT16, DType.INT32, DType.INT64);
    private static final long MAX_COMPARISONS = 100_000_000;

    private final PeftFolder folder;
    private final List<String> warnings;
    private final Set<PeftKey.Part> parts;
    private final List<String> savedModules;
    private final Map<String, ModuleTensors> modules = new LinkedHashMap<>();
    private final ModuleTensors shared = new ModuleTensors("");
    private final Map<String, TensorReplacement> replacements = new LinkedHashMap<>();
    private final Set<String> adapterNames = new LinkedHashSet<>();
    private long comparisonsLeft = MAX_COMPARISONS;
    private final List<String> unused = new ArrayList<>();
    private final List<String> undeclared = new ArrayList<>();
    private final List<String> unprefixed = new ArrayList<>();

    /** @param parts what an adapter of the method is made of, besides whole tensors */
    FolderTensors(PeftFolder folder, List<String> warnings, Set<PeftKey.Part> parts) {
        this.folder = folder;
        this.warnings = warnings;
        this.parts = parts;
        this.savedModules = folder.config().texts("modules_to_save");
        folder.weights().tensors().values().forEach(this::add);
        checkNames();
    }

    /** The modules with low-rank factors or token rows, in the order of the file. */
    Collection<ModuleTensors> modules() {
        return modules.values();
    }

    /** What no module has alone. */
    ModuleTensors shared() {
        return shared;
    }

    /** Whole tensors, in the order of the file. */
    Collection<TensorReplacement> replacements() {
        return replacements.values();
    }

    private void add(Tensor tensor) {
        PeftKey key = PeftKey.parse(tensor.name());
        if (!key.hasPrefix()) {
            unprefixed.add(tensor.name());
        }
        refuseNested(key, tensor);
        switch (key.part()) {
            case UNKNOWN -> unused.add(tensor.name());
            case TENSOR -> addReplacement(key, tensor);
            case BASE_COPY ->
                warnings.add("'" + tensor.name() + "' " + tensor.shape()
                        + " is a copy of the base's own weight and is not applied");
            default -> {
                if (!parts.contains(key.part())) {
                    unused.add(tensor.name());
                } else if (key.part() == PeftKey.Part.TUNED_TENSOR) {
                    putReplacement(key, tensor);
                } else {
                    addPart(key, tensor);
                }
            }
        }
    }

    private void refuseNested(PeftKey key, Tensor tensor) {
        boolean nested = (key.module() + ".").contains(".base_layer.");
        if (nested && key.part() != PeftKey.Part.TENSOR && key.part() != PeftKey.Part.BASE_COPY) {
            String what = key.module().endsWith(".base_layer.out_proj")
                    ? "it is on nn.MultiheadAttention, whose output change PEFT applies twice"
                    : "it is wrapped in another adapter layer (several expert parameters of one module)";
            throw new GraftException(
                    ErrorCode.METHOD_UNSUPPORTED,
                    "LoRA of this kind is not supported: " + what,
                    Location.ofTensor(folder.weights().file(), tensor.name()),
                    PeftFolder.MERGE_IN_PYTORCH + ", or train it without this module in target_modules.");
        }
    }

    private void addPart(PeftKey key, Tensor tensor) {
        if (!key.adapter().isEmpty()) {
            adapterNames.add(key.adapter());
        }
        boolean index = INDICES.contains(key.part());
        if (index ? !INTEGERS.contains(tensor.dtype()) : !tensor.dtype().isFloat()) {
            throw folder.invalidTensor(
                    tensor.name(),
                    "expected " + (index ? "a tensor of whole numbers" : "a floating-point tensor") + ", got "
                            + tensor.dtype().displayName());
        }
        ModuleTensors module =
                key.module().isEmpty() ? shared : modules.computeIfAbsent(key.module(), ModuleTensors::new);
        Tensor before = module.put(key.part(), tensor);
        if (before != null) {
            throw folder.invalidTensor(tensor.name(), "it plays the same part as '" + before.name() + "'");
        }
    }

    private void addReplacement(PeftKey key, Tensor tensor) {
        if (!isDeclared(key, tensor)) {
            if (!key.parameter().equals("weight") && !key.parameter().equals("bias")) {
                unused.add(tensor.name());
                return;
            }
            undeclared.add(tensor.name());
        }
        putReplacement(key, tensor);
    }

    private void putReplacement(PeftKey key, Tensor tensor) {
        TensorReplacement replacement = new TensorReplacement(key.module(), key.parameter(), tensor);
        TensorReplacement before = replacements.put(key.module() + "." + key.parameter(), replacement);
        if (before != null && !isSame(before.value(), tensor)) {
            throw folder.invalidTensor(
                    tensor.name(),
                    "it plays the same part as '" + before.value().name() + "'");
        }
    }

    /** With bias=all, PEFT writes the bias of a saved module under two names. */
    private static boolean isSame(Tensor left, Tensor right) {
        return left.dtype() == right.dtype()
                && left.shape().equals(right.shape())
                && Arrays.equals(left.toBytes(), right.toBytes());
    }

    /** PEFT saves a module if its path ends with a name of modules_to_save; biases by the option {@code bias}. */
    private boolean isDeclared(PeftKey key, Tensor tensor) {
        String bias = folder.config().text("bias").orElse("none");
        boolean trainedBias = key.parameter().equals("bias")
                && (bias.equals("all")
                        || bias.endsWith("_only") && tensor.name().contains(".base_layer."));
        return trainedBias || tensor.name().contains("modules_to_save.") || isSaved(key.module());
    }

    private boolean isSaved(String module) {
        for (int end = module.length(); end > 0; end = module.lastIndexOf('.', end - 1)) {
            String path = module.substring(0, end);
            comparisonsLeft -= savedModules.size();
            if (comparisonsLeft < 0) {
                throw folder.config().invalid("modules_to_save names too many modules for this many tensors");
            }
            if (savedModules.stream().anyMatch(path::endsWith)) {
                return true;
            }
        }
        return false;
    }

    private void checkNames() {
        if (!unused.isEmpty()) {
            throw folder.invalidTensors(
                    unused.size() + " tensors have no known meaning: " + PeftFolder.listed(unused),
                    "They belong to another method or program; an adapter is never applied in part.");
        }
        if (adapterNames.size() > 1) {
            throw folder.invalidTensors(
                    "the file holds several adapters: " + PeftFolder.listed(List.copyOf(adapterNames)),
                    "Save each of them to a folder of its own.");
        }
        if (!undeclared.isEmpty()) {
            undeclared();
        }
        if (!unprefixed.isEmpty()) {
            warnings.add(unprefixed.size() + " tensor names lack PEFT's prefix '" + PeftKey.PREFIX + "': "
                    + PeftFolder.listed(unprefixed));
        }
    }

    private void undeclared() {
        String what = undeclared.size() + " whole tensors are in the file though the configuration does not name them: "
                + PeftFolder.listed(undeclared);
        if (folder.strict()) {
            throw folder.invalidTensors(
                    what, "Without --strict they replace the base's tensors, as when PEFT loads the file.");
        }
        warnings.add(what + "; they replace the base's tensors, as when PEFT loads the file");
    }
}
