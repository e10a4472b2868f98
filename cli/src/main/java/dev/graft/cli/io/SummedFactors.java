package dev.graft.cli.io;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxFactors;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Several adapters as one that goes into a slot: the ranks side by side, {@code [A₁ A₂] · [B₁; B₂]}. */
final class SummedFactors {
    private SummedFactors() {}

    /**
     * Makes the sum ready.
     *
     * @throws dev.graft.error.GraftException as {@link BatchedModel#prepare(String, List)}
     */
    static SlotAdapter prepare(BatchedModel model, List<WeightedAdapter> adapters) {
        boolean genai =
                model.session().inputs().stream().anyMatch(input -> input.name().contains(".lora_A.MatMul"));
        NameStyle names = genai ? NameStyle.GENAI : NameStyle.OLIVE;
        Map<String, List<Tensor>> parts = new LinkedHashMap<>();
        for (WeightedAdapter adapter : adapters) {
            for (Tensor factor : OnnxFactors.of(adapter.folded(), names)) {
                parts.computeIfAbsent(factor.name(), any -> new ArrayList<>()).add(factor);
            }
        }
        List<Tensor> sums = new ArrayList<>();
        parts.forEach((name, factors) -> sums.add(
                factors.size() == 1 ? factors.get(0) : Tensor.joined(name, name.contains("lora_A") ? 1 : 0, factors)));
        String title =
                adapters.stream().map(adapter -> adapter.adapter().name()).collect(Collectors.joining(" + "));
        return model.prepare(title, sums);
    }
}
