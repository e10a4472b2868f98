package dev.graft.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An embedding with inputs for an adapter that comes later. */
class EmbeddingSlotTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"model_dynamo.onnx", "model_ts.onnx"})
    void withPeftsAdapterSwitchedInItGivesPeftsOutput(String export) {
        ModelIndex model = ModelScanner.scan(Fixtures.path("llama/base/" + export));
        Path output = folder.resolve("slots.onnx");
        Attacher.attach(
                new Resolution(model, List.of(), List.of(), List.of()),
                output,
                AttachOptions.DEFAULT
                        .withStyle(AttachStyle.INPUT)
                        .withSlots(Slots.select(model, "embed_tokens|q_proj")),
                Progress.NONE);
        Path variant = Fixtures.path("llama/lora_embed");
        Map<String, Tensor> io =
                SafetensorsReader.read(variant.resolve("io.safetensors")).tensors();
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        io.forEach((name, tensor) -> inputs.put(name.replace("in.", ""), tensor));

        try (OnnxRun plain = new OnnxRun(model.file());
                OnnxRun run = new OnnxRun(output)) {
            assertThat(run.run(inputs, onnxAdapter(variant)))
                    .usingComparatorWithPrecision(1e-5)
                    .containsExactly(io.get("out_unmerged_float64").toDoubles());
            assertThat(run.run(inputs)).containsExactly(plain.run(inputs));
        }
    }

    @Test
    void allLinearLeavesItAlone() {
        ModelIndex model = ModelScanner.scan(Fixtures.path("llama/base/model_dynamo.onnx"));

        assertThat(Slots.select(model, Slots.ALL_LINEAR))
                .extracting(Slot::module)
                .contains("model.layers.0.self_attn.q_proj")
                .doesNotContain("model.embed_tokens");
        assertThat(Slots.select(model, "embed_tokens")).extracting(Slot::module).containsExactly("model.embed_tokens");
    }

    /** A as rows of the table, B with its scaling. */
    private Path onnxAdapter(Path variant) {
        Adapter adapter = AdapterFiles.readAdapter(variant.resolve("adapter"), ReadOptions.DEFAULT);
        List<Tensor> tensors = new ArrayList<>();
        for (LowRankChange change : adapter.lowRankChanges()) {
            tensors.add(scaled(NameStyle.OLIVE.nameOfA(change.module()), change.a(), 1));
            tensors.add(scaled(NameStyle.OLIVE.nameOfB(change.module()), change.b(), change.scaling()));
        }
        Path file = folder.resolve("embedding.onnx_adapter");
        OnnxAdapterWriter.write(file, tensors);
        return file;
    }

    private static Tensor scaled(String name, Tensor factor, double by) {
        Shape shape = factor.shape().reversed();
        double[] values = Arrays.stream(factor.transposed().toDoubles())
                .map(value -> value * by)
                .toArray();
        return Tensor.ofDoubles(name, DType.FLOAT32, shape, values);
    }
}
