package dev.graft.runtime.adapters;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.adapter.format.onnxadapter.OnnxFactors;
import dev.graft.runtime.adapters.AdapterContent.Named;
import dev.graft.runtime.session.InputNames;
import dev.graft.runtime.session.OverridableInput;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The tensors of an adapter as a model's inputs want them: by their names, in their layout and their number format. What the model has no input for keeps its
 * name, and is refused when it is loaded.
 */
public final class FittedTensors {
    /** What both exporters of adapter files call a factor. */
    private static final Pattern FACTOR = Pattern.compile(".+\\.lora_[AB](\\.MatMul)?\\.weight");

    private final Map<String, OverridableInput> inputs;

    /** Those that fit these inputs, by name. */
    public FittedTensors(Map<String, OverridableInput> inputs) {
        this.inputs = inputs;
    }

    /** The tensors, read when they are used. */
    List<Tensor> of(AdapterContent content) {
        return named(content).stream().map(this::inModelsFormat).toList();
    }

    /**
     * The factors of an adapter of any format, read when they are used.
     *
     * @throws dev.graft.error.GraftException {@code CONVERT_UNSUPPORTED} for a change that is no pair of factors
     */
    public List<Tensor> of(Adapter adapter) {
        return factors(adapter).stream().map(this::inModelsFormat).toList();
    }

    /** Whether ONNX Runtime can take a file as it is. */
    boolean fitsAsItIs(OnnxAdapterFile file) {
        return file.tensors().values().stream()
                .allMatch(tensor -> inputs.containsKey(tensor.name())
                        && inModelsFormat(tensor).dtype() == tensor.dtype());
    }

    private Collection<Tensor> named(AdapterContent content) {
        if (!(content instanceof Named named)) {
            return factors(content.adapter());
        }
        Map<String, Tensor> tensors = named.file().tensors();
        boolean otherNames = !inputs.keySet().containsAll(tensors.keySet())
                && tensors.keySet().stream()
                        .allMatch(name -> FACTOR.matcher(name).matches());
        return otherNames ? factors(content.adapter()) : tensors.values();
    }

    private List<Tensor> factors(Adapter adapter) {
        boolean genai = inputs.keySet().stream().anyMatch(name -> name.contains(".lora_A.MatMul"));
        return OnnxFactors.of(adapter, genai ? NameStyle.GENAI : NameStyle.OLIVE).stream()
                .map(tensor -> tensor.withName(
                        InputNames.of(tensor.name(), inputs.keySet()).orElse(tensor.name())))
                .toList();
    }

    private Tensor inModelsFormat(Tensor tensor) {
        OverridableInput input = inputs.get(tensor.name());
        DType wanted = input == null ? null : input.value().dtype();
        return wanted != null && wanted.isFloat() && tensor.dtype().isFloat() ? tensor.inFormat(wanted) : tensor;
    }
}
