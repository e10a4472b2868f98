package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Value;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the given adapter has for the inputs of an attached model: the contents of its {@code .onnx_adapter}. */
final class AdapterTensors {
    private final Map<String, Tensor> tensors = new TreeMap<>();

    void put(Value input, Tensor tensor) {
        tensors.put(input.name(), tensor);
    }

    /** All of them under the names of their inputs, sorted. */
    List<Tensor> all() {
        List<Tensor> all = new ArrayList<>();
        tensors.forEach((name, tensor) -> all.add(tensor.withName(name)));
        return all;
    }
}
