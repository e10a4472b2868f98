package dev.graft.training.adapter;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.error.GraftException;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * Trainable values as an adapter.
 *
 * @param layout where they lie
 * @param scaling of a module
 * @param base the model that they were trained on
 * @param method as people name it
 */
public record TrainedAdapter(TrainableLayout layout, ToDoubleFunction<String> scaling, Path base, String method) {
    static final String SUFFIX_A = ".lora_A.weight";
    static final String SUFFIX_B = ".lora_B.weight";
    static final String BIAS = ".lora_B.bias";
    static final String MAGNITUDE = ".lora_magnitude_vector";
    static final String EMBEDDING_A = ".lora_embedding_A";
    static final String EMBEDDING_B = ".lora_embedding_B";

    private static final List<String> BESIDE_A = List.of(SUFFIX_B, EMBEDDING_B, BIAS, MAGNITUDE);

    /** The adapter that values are; shares nothing with them. */
    public Adapter of(float[] values) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Entry entry : layout.entries()) {
            tensors.put(entry.name(), tensor(entry, values));
        }
        List<ModuleChange> changes = new ArrayList<>();
        tensors.forEach((name, a) -> {
            if (name.endsWith(SUFFIX_A)) {
                String module = name.substring(0, name.length() - SUFFIX_A.length());
                LayerKind kind = a.shape().rank() == 2 ? LayerKind.LINEAR : LayerKind.CONV;
                changes.add(change(module, kind, a, SUFFIX_B, tensors));
            } else if (name.endsWith(EMBEDDING_A)) {
                String module = name.substring(0, name.length() - EMBEDDING_A.length());
                changes.add(change(module, LayerKind.EMBEDDING, a, EMBEDDING_B, tensors));
            } else if (BESIDE_A.stream().noneMatch(name::endsWith)) {
                int dot = name.lastIndexOf('.');
                changes.add(new TensorReplacement(name.substring(0, dot), name.substring(dot + 1), a));
            }
        });
        Map<String, String> details = Map.of("base_model_name_or_path", String.valueOf(base.getFileName()));
        return new Adapter(Path.of("trained"), "peft", method, changes, details, List.of());
    }

    /**
     * The values that an adapter is, to go on training it.
     *
     * @throws GraftException {@code ADAPTER_TENSORS_INVALID} if it is not of the layout's modules, ranks, scalings and kinds
     */
    public float[] valuesOf(Adapter adapter) {
        return new EarlierAdapter(layout, scaling, adapter).values();
    }

    private LowRankChange change(
            String module, LayerKind kind, Tensor a, String suffixOfB, Map<String, Tensor> tensors) {
        String nameOfB = module + suffixOfB;
        return new LowRankChange(
                module,
                kind,
                a,
                Objects.requireNonNull(tensors.get(nameOfB), nameOfB),
                scaling.applyAsDouble(module),
                tensors.get(module + MAGNITUDE),
                tensors.get(module + BIAS));
    }

    private static Tensor tensor(Entry entry, float[] values) {
        int first = Math.toIntExact(entry.offset());
        int count = Math.toIntExact(entry.shape().elements());
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values, first, count);
        ByteSource source = ByteSource.ofArray(bytes.array());
        return entry.transposed()
                ? new Tensor(entry.name(), DType.FLOAT32, entry.shape().reversed(), source).transposed()
                : new Tensor(entry.name(), DType.FLOAT32, entry.shape(), source);
    }
}
