package dev.graft.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.compiler.reference.Float64Pass;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The float64 reference runs in ONNX Runtime and agrees with PyTorch as far as single precision goes. */
@Tag("conformance")
class Float64ReferenceTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "llama, model_dynamo.onnx", "llama, model_ts.onnx", "bert, model_dynamo.onnx", "bert, model_ts.onnx",
        "gpt2, model_dynamo.onnx", "gpt2, model_ts.onnx", "conv, model_dynamo.onnx", "conv, model_ts.onnx"
    })
    void exportsComputeInDoubleThroughout(String model, String export) {
        Path base = Shared.path("conformance/peft/" + model + "/base");
        Float64Pass pass = new Float64Pass();

        Path reference = write(base.resolve(export), pass);

        Map<String, Tensor> io =
                SafetensorsReader.read(base.resolve("io.safetensors")).tensors();
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        io.forEach((name, tensor) -> inputs.put(name.replaceFirst("^in\\.", ""), tensor));
        assertThat(pass.islands()).isEmpty();
        try (OnnxRun run = new OnnxRun(reference)) {
            assertClose(run.run(inputs), io.get("out_base").toDoubles(), 5e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "onnx/stories260K_dynamo.onnx, stories260K_expected, 8, 0",
        "onnx/stories260K_ts.onnx, stories260K_expected, 8, 0",
        "genai_fp32/model.onnx, stories260K_hd16_expected, 16, 5"
    })
    void stories260KComputesInDouble(String model, String expected, int headSize, int islands) {
        Path root = Shared.path("models/stories260K");
        Map<String, Tensor> goldens =
                SafetensorsReader.read(root.resolve(expected + ".safetensors")).tensors();
        Float64Pass pass = new Float64Pass();

        Path reference = write(root.resolve(model), pass);

        assertThat(pass.islands()).hasSize(islands).allMatch(island -> island.startsWith("GroupQueryAttention"));
        try (OnnxRun run = new OnnxRun(reference)) {
            assertClose(
                    run.run(run.tokens(goldens.get("input_ids"), headSize)),
                    goldens.get("logits_base").toDoubles(),
                    1e-4);
        }
    }

    private Path write(Path model, Float64Pass pass) {
        OnnxModel edited = ModelReader.read(model);
        new PassPipeline(pass).run(edited);
        Path reference = folder.resolve("reference.onnx");
        ModelWriter.write(edited, reference);
        return reference;
    }

    private static void assertClose(double[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        System.out.println("WORST " + worst);
        assertThat(worst).isLessThan(tolerance);
    }
}
