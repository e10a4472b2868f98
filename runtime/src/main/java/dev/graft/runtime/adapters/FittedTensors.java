package dev.graft.runtime.adapters;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.NamedFactors;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.adapter.format.onnxadapter.OnnxFactors;
import dev.graft.runtime.adapters.AdapterSource.InMemory;
import dev.graft.runtime.adapters.AdapterSource.OnDisk;
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
final class FittedTensors {
    /** What both exporters of adapter files call a factor. */
    private static final Pattern FACTOR = Pattern.compile(".+\\.lora_[AB](\\.MatMul)?\\.weight");

    private final Map<String, OverridableInput> inputs;

    FittedTensors(Map<String, OverridableInput> inputs) {
        this.inputs = inputs;
    }

    /** The tensors, read when they are used. */
    List<Tensor> of(AdapterSource source) {
        return named(source).stream().map(this::inModelsFormat).toList();
    }

    /** Whether ONNX Runtime can take a file as it is. */
    boolean fitsAsItIs(OnDisk source) {
        return source.isOnnxAdapter()
                && OnnxAdapterReader.read(source.path()).tensors().values().stream()
                        .allMatch(tensor -> inputs.containsKey(tensor.name())
                                && inModelsFormat(tensor).dtype() == tensor.dtype());
    }

    private Collection<Tensor> named(AdapterSource source) {
        if (source instanceof InMemory memory) {
            return factors(memory.adapter());
        }
        OnDisk file = (OnDisk) source;
        if (!file.isOnnxAdapter()) {
            return factors(file.read());
        }
        Map<String, Tensor> tensors = OnnxAdapterReader.read(file.path()).tensors();
        boolean otherNames = !inputs.keySet().containsAll(tensors.keySet())
                && tensors.keySet().stream()
                        .allMatch(name -> FACTOR.matcher(name).matches());
        return otherNames ? factors(NamedFactors.read(file.path())) : tensors.values();
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
