package dev.graft.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport.AttachedTarget;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with inputs for adapters that come later: adapters of any rank switch in one session. */
@Tag("conformance")
class SlotsTest {
    @TempDir
    Path folder;

    @Test
    void adaptersOfRank1And8And64SwitchInOneSession() {
        Path root = Shared.path("models/stories260K");
        Path base = root.resolve("onnx/stories260K_dynamo.onnx");
        ModelIndex model = ModelScanner.scan(base);
        List<Slot> slots = Slots.select(model, Slots.ALL_LINEAR);
        Path output = folder.resolve("slots.onnx");

        var report = Attacher.attach(
                new Resolution(model, List.of(), List.of(), List.of()),
                output,
                AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT).withSlots(slots),
                Progress.NONE);

        assertThat(slots).hasSize(35).extracting(Slot::module).contains("model.layers.0.self_attn.q_proj");
        assertThat(report.adapter()).isEmpty();
        assertThat(report.targets()).extracting(AttachedTarget::rank).containsOnly(0L);
        Map<String, Tensor> goldens = SafetensorsReader.read(root.resolve("stories260K_expected.safetensors"))
                .tensors();
        try (OnnxRun plain = new OnnxRun(base);
                OnnxRun run = new OnnxRun(output)) {
            Map<String, Tensor> inputs = plain.tokens(goldens.get("input_ids"), 8);
            double[] expected = plain.run(inputs);
            for (int rank : new int[] {1, 8, 64, 1}) {
                double[] adapted = run.run(inputs, randomAdapter(slots, rank));
                assertThat(adapted).isNotEqualTo(expected);
                assertThat(run.run(inputs)).containsExactly(expected);
            }
        }
    }

    @Test
    void theFactorsOfAnotherAdapterAreNoLinearLayersOfTheModel() {
        Path model = Shared.path("models/stories260K/genai_fp32_lora/model.onnx");

        assertThat(Slots.select(ModelScanner.scan(model), Slots.ALL_LINEAR))
                .extracting(Slot::module)
                .hasSize(35)
                .contains("model.layers.0.self_attn.q_proj")
                .noneMatch(module -> module.contains("lora"));
    }

    @Test
    void aPackedProductHasASlotForEachOfItsModules() {
        Path model = Shared.path("conformance/exports/genai_llama_fp32/model.onnx");

        List<Slot> slots = Slots.select(ModelScanner.scan(model), ".*attn\\.[qv]_proj");

        assertThat(slots)
                .extracting(Slot::module)
                .containsExactly(
                        "model.layers.0.self_attn.q_proj",
                        "model.layers.0.self_attn.v_proj",
                        "model.layers.1.self_attn.q_proj",
                        "model.layers.1.self_attn.v_proj");
        assertThat(Slots.select(ModelScanner.scan(model), "layers\\.0\\.attn\\.q_proj"))
                .as("named as the builder names it")
                .extracting(Slot::module)
                .containsExactly("model.layers.0.self_attn.q_proj");
    }

    @Test
    void anExpressionThatMatchesNothingNamesModulesThatThereAre() {
        Path model = Shared.path("conformance/exports/genai_llama_fp32/model.onnx");

        assertThatThrownBy(() -> Slots.select(ModelScanner.scan(model), "query"))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND))
                .hasMessageContaining("no module matches 'query'")
                .hasMessageContaining("model.layers.0.self_attn.q_proj");
    }

    private Path randomAdapter(List<Slot> slots, int rank) {
        Random random = new Random(rank);
        List<Tensor> tensors = new ArrayList<>();
        for (Slot slot : slots) {
            tensors.add(random(
                    random, NameStyle.OLIVE.nameOfA(slot.module()), slot.view().inputs(), rank));
            tensors.add(random(
                    random,
                    NameStyle.OLIVE.nameOfB(slot.module()),
                    rank,
                    slot.view().outputs()));
        }
        Path file = folder.resolve("rank" + rank + ".onnx_adapter");
        OnnxAdapterWriter.write(file, tensors);
        return file;
    }

    private static Tensor random(Random random, String name, long rows, long columns) {
        double[] values = random.doubles(rows * columns, -0.1, 0.1).toArray();
        return Tensor.ofDoubles(name, DType.FLOAT32, Shape.of(rows, columns), values);
    }
}
