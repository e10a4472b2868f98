package dev.graft.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real exports, onnxruntime-genai's among them, with real adapters. */
@Tag("conformance")
class AttachExportsTest {
    private static final double TOLERANCE = 2e-5;
    private static final AttachOptions GENAI =
            AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT).withNames(NameStyle.GENAI);
    private static final Tensor IDS = OnnxRun.ofLongs(Shape.of(1, 6), 3, 17, 99, 4, 60, 5);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "onnx/stories260K_dynamo.onnx, peft_e2e_r8, stories260K_expected, 8",
        "onnx/stories260K_ts.onnx, peft_e2e_r8, stories260K_expected, 8",
        "genai_fp32/model.onnx, peft_e2e_r8_hd16, stories260K_hd16_expected, 16"
    })
    void stories260KSpeaksAsItsUnmergedAdapterDoes(String model, String adapter, String expected, int headSize) {
        Path root = Shared.path("models/stories260K");
        Map<String, Tensor> goldens =
                SafetensorsReader.read(root.resolve(expected + ".safetensors")).tensors();
        Resolution resolution = resolve(root.resolve(model), root.resolve(adapter));

        Path constant = folder.resolve("constant/model.onnx");
        Attacher.attach(resolution, constant, AttachOptions.DEFAULT, Progress.NONE);
        Path input = folder.resolve("input/model.onnx");
        AttachReport report = Attacher.attach(resolution, input, GENAI, Progress.NONE);

        double[] unmerged = goldens.get("logits_peft_unmerged").toDoubles();
        Tensor ids = goldens.get("input_ids");
        try (OnnxRun base = new OnnxRun(root.resolve(model));
                OnnxRun attached = new OnnxRun(constant);
                OnnxRun slots = new OnnxRun(input)) {
            Map<String, Tensor> inputs = base.tokens(ids, headSize);
            assertThat(worst(attached.run(inputs), unmerged)).isLessThan(TOLERANCE);
            assertThat(slots.run(inputs)).containsExactly(base.run(inputs));
            assertThat(worst(slots.run(inputs, report.adapter().orElseThrow()), unmerged))
                    .isLessThan(TOLERANCE);
            assertThat(slots.run(inputs)).containsExactly(base.run(inputs));
        }
    }

    @Test
    void thePackedProductOfGenaiIsAttachedBesideIt() throws IOException {
        Path exports = Shared.path("conformance/exports");
        Path base = exports.resolve("genai_llama_fp32/model.onnx");
        Resolution resolution = resolve(base, exports.resolve("hf_llama_lora"));

        Path constant = folder.resolve("constant/model.onnx");
        Attacher.attach(resolution, constant, AttachOptions.DEFAULT, Progress.NONE);
        Path input = folder.resolve("input/model.onnx");
        AttachReport report = Attacher.attach(resolution, input, GENAI, Progress.NONE);

        try (OnnxRun theirs = new OnnxRun(standIn(exports.resolve("genai_llama_fp32_lora")));
                OnnxRun attached = new OnnxRun(AttentionStandIn.write(constant, 32, 16));
                OnnxRun slots = new OnnxRun(AttentionStandIn.write(input, 32, 16))) {
            Map<String, Tensor> inputs = theirs.tokens(IDS, 8);
            double[] expected = theirs.run(inputs);
            assertThat(worst(attached.run(inputs), expected)).isLessThan(TOLERANCE);
            assertThat(worst(slots.run(inputs, report.adapter().orElseThrow()), expected))
                    .isLessThan(TOLERANCE);
        }
        assertThat(OnnxAdapterReader.read(report.adapter().orElseThrow()).tensors())
                .containsKey("model.layers.0.attn.q_proj.lora_A.MatMul.weight");
    }

    @ParameterizedTest
    @ValueSource(strings = {"genai_llama_int4", "genai_llama_int4_qdq", "genai_llama_fp16_cuda"})
    void bothStylesAgreeOnQuantisedAndHalfBases(String export) throws IOException {
        Path exports = Shared.path("conformance/exports");
        Path base = exports.resolve(export + "/model.onnx");
        Resolution resolution = resolve(base, exports.resolve("hf_llama_lora"));

        Path constant = folder.resolve("constant/model.onnx");
        Attacher.attach(resolution, constant, AttachOptions.DEFAULT, Progress.NONE);
        Path input = folder.resolve("input/model.onnx");
        AttachReport report = Attacher.attach(resolution, input, GENAI, Progress.NONE);

        double tolerance = export.contains("fp16") ? 2e-2 : TOLERANCE;
        try (OnnxRun before = new OnnxRun(standIn(exports.resolve(export)));
                OnnxRun attached = new OnnxRun(AttentionStandIn.write(constant, 32, 16));
                OnnxRun slots = new OnnxRun(AttentionStandIn.write(input, 32, 16))) {
            Map<String, Tensor> inputs = before.tokens(IDS, 8);
            double[] plain = before.run(inputs);
            double[] adapted = attached.run(inputs);
            if (export.contains("fp16")) {
                // on the CPU ONNX Runtime computes halves in floats and rounds only where it has no neighbour to hand a
                // float to
                assertThat(worst(slots.run(inputs), plain)).isLessThan(tolerance);
            } else {
                assertThat(slots.run(inputs)).containsExactly(plain);
            }
            assertThat(worst(adapted, plain)).isGreaterThan(0.1);
            assertThat(worst(slots.run(inputs, report.adapter().orElseThrow()), adapted))
                    .isLessThan(tolerance);
        }
    }

    @Test
    void externalWeightsAreLinkedAndNotCopied() throws IOException {
        Path exports = Shared.path("conformance/exports");
        Path base = exports.resolve("genai_llama_fp32/model.onnx");
        Path output = folder.resolve("attached/model.onnx");

        AttachReport report = Attacher.attach(
                resolve(base, exports.resolve("hf_llama_lora")), output, AttachOptions.DEFAULT, Progress.NONE);

        assertThat(report.files()).contains(folder.resolve("attached/model.onnx.data"));
        assertThat(Files.mismatch(folder.resolve("attached/model.onnx.data"), base.resolveSibling("model.onnx.data")))
                .isEqualTo(-1);
        assertThat(Files.size(output)).isLessThan(100_000);
    }

    /** A copy of an export in the test's own folder, with the stand-in. */
    private Path standIn(Path export) throws IOException {
        Path copy = folder.resolve(export.getFileName() + "/model.onnx");
        Files.createDirectories(copy.getParent());
        Files.copy(export.resolve("model.onnx"), copy);
        Files.copy(export.resolve("model.onnx.data"), copy.resolveSibling("model.onnx.data"));
        return AttentionStandIn.write(copy, 32, 16);
    }

    private static Resolution resolve(Path model, Path adapter) {
        return Resolver.resolve(
                ModelScanner.scan(model),
                List.of(WeightedAdapter.of(AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT))),
                ResolveOptions.DEFAULT);
    }

    /** The largest difference, relative to the largest value: logits here go to 20, where a float's last bit is 2e-6. */
    private static double worst(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double worst = 0;
        double largest = 1;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return worst / largest;
    }
}
