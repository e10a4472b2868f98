package dev.graft.batched;

import static dev.graft.batched.RowsAgainstSingleRuns.assertClose;
import static dev.graft.batched.RowsAgainstSingleRuns.assertRowsEqualSingleRuns;
import static dev.graft.batched.RowsAgainstSingleRuns.row;
import static dev.graft.batched.RowsAgainstSingleRuns.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** stories260K from torch's exporters and onnxruntime-genai's builder, in float32 and int4. */
@Tag("conformance")
class BatchedStoriesTest {
    /** What single precision costs in logits of about 20; the same as for merges of these exports. */
    private static final double TOLERANCE = 5e-5;

    private static final int STEPS = 6;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "onnx/stories260K_dynamo.onnx, 1, 0",
        "onnx/stories260K_dynamo.onnx, 2, 0",
        "onnx/stories260K_dynamo.onnx, 8, 0",
        "onnx/stories260K_dynamo.onnx, 32, 0",
        "onnx/stories260K_ts.onnx, 1, 0",
        "onnx/stories260K_ts.onnx, 2, 0",
        "onnx/stories260K_ts.onnx, 8, 0",
        "onnx/stories260K_ts.onnx, 32, 0",
        "genai_fp32/model.onnx, 1, 0",
        "genai_fp32/model.onnx, 2, 0",
        "genai_fp32/model.onnx, 8, 0",
        "genai_fp32/model.onnx, 32, 0",
        "genai_int4/model.onnx, 8, 0"
    })
    void rowsWithDifferentAdaptersAreThoseOfSingleRuns(String export, int count, double tolerance)
            throws InterruptedException {
        Path base = Shared.path("models/stories260K").resolve(export);
        RowsAgainstSingleRuns stories = stories(base);
        List<Adapter> adapters = RandomAdapters.ofVariedRanks(stories.slots(), count);
        try (BatchedModel model =
                export.startsWith("genai") ? stories.attachForGenai(count, 16) : stories.attach(count, 16)) {
            List<@Nullable SlotAdapter> rows = new ArrayList<>();
            adapters.forEach(adapter -> rows.add(model.prepare(adapter.name(), adapter)));
            Map<String, HostTensor> batch = stories.batch(model, count, STEPS);

            Map<String, HostTensor> together = assertRowsEqualSingleRuns(model, batch, rows, tolerance);

            Map<String, HostTensor> last = row(batch, count - 1, count);
            double[] actual = values(together, count - 1, count);
            try (ModelSession attached = stories.attached(adapters.get(count - 1))) {
                assertClose(actual, values(attached.run(last), 0, 1), TOLERANCE, "attached");
            }
            if (!export.contains("int4")) {
                try (ModelSession merged = stories.merged(adapters.get(count - 1))) {
                    assertClose(actual, values(merged.run(last), 0, 1), TOLERANCE, "merged");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "onnx/stories260K_dynamo.onnx, peft_e2e_r8, stories260K_expected",
        "onnx/stories260K_ts.onnx, peft_e2e_r8, stories260K_expected",
        "genai_fp32/model.onnx, peft_e2e_r8_hd16, stories260K_hd16_expected"
    })
    void theTrainedAdaptersLogitsArePeftsAndTheBaseRowsAreTheBases(String export, String adapter, String expected)
            throws InterruptedException {
        Path root = Shared.path("models/stories260K");
        Map<String, Tensor> goldens =
                SafetensorsReader.read(root.resolve(expected + ".safetensors")).tensors();
        RowsAgainstSingleRuns stories = stories(root.resolve(export));
        try (BatchedModel model = export.startsWith("genai") ? stories.attachForGenai(2, 8) : stories.attach(2, 8);
                ModelSession base = stories.base()) {
            Map<String, HostTensor> batch =
                    completed(base, root.resolve(export), HostTensor.of(goldens.get("input_ids")));
            SlotAdapter trained =
                    model.prepare("e2e", AdapterFiles.readAdapter(root.resolve(adapter), ReadOptions.DEFAULT));

            Map<String, HostTensor> outputs = model.run(batch, Arrays.asList(null, trained));

            assertThat(model.rows(batch)).isEqualTo(2);
            assertThat(values(outputs, 0, 2)).containsExactly(values(base.run(batch), 0, 2));
            assertClose(
                    secondHalf(outputs.get("logits").toDoubles()),
                    secondHalf(goldens.get("logits_peft_unmerged").toDoubles()),
                    TOLERANCE,
                    "PEFT");
        }
    }

    private static double[] secondHalf(double[] values) {
        return Arrays.copyOfRange(values, values.length / 2, values.length);
    }

    private RowsAgainstSingleRuns stories(Path base) {
        InputHints hints = hints(base);
        return new RowsAgainstSingleRuns(base, folder, hints);
    }

    private static InputHints hints(Path base) {
        try (ModelSession session = ModelSession.open(base, SessionSettings.DEFAULT)) {
            return ModelFolderHints.read(base, session.inputs());
        }
    }

    private static Map<String, HostTensor> completed(ModelSession base, Path file, HostTensor ids) {
        return SampleInputs.of(base.inputs(), hints(file)).complete(Map.of("input_ids", ids));
    }
}
