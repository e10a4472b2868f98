package dev.graft.adapter.format.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.FiniteValues;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdapterConverterTest {
    @TempDir
    Path folder;

    @Test
    void anOnnxAdapterHoldsTheScaledProductUnderOlivesNames() {
        Path out = folder.resolve("a.onnx_adapter");

        AdapterConverter.convert(
                adapter(linear("m.self_attn.q", 2, 1.0 / 3)), out, TargetFormat.ONNX_ADAPTER, NameStyle.OLIVE, false);

        Map<String, Tensor> tensors = OnnxAdapterReader.read(out).tensors();
        assertThat(tensors.keySet()).containsExactly("m.self_attn.q.lora_A.weight", "m.self_attn.q.lora_B.weight");
        assertThat(tensors.get("m.self_attn.q.lora_A.weight").shape()).isEqualTo(Shape.of(3, 2));
        assertThat(tensors.get("m.self_attn.q.lora_A.weight").toDoubles()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(tensors.get("m.self_attn.q.lora_B.weight").toDoubles())
                .containsExactly((float) (1.0 / 3), 1, (float) (1.0 / 3 * 2), (float) (1.0 / 3 * 4));
    }

    @ParameterizedTest
    @EnumSource(TargetFormat.class)
    void anAdapterThatIsNotFiniteIsRefused(TargetFormat target) {
        Path out = folder.resolve("out");
        LowRankChange sound = linear("m.q", 2, 1);
        Tensor a = Tensor.ofFloats("q.lora_A", sound.a().shape(), 1, 2, Float.NEGATIVE_INFINITY, 4, Float.NaN, 6);
        LowRankChange diverged = new LowRankChange("m.q", sound.kind(), a, sound.b(), 1, null, null);

        assertThatThrownBy(() -> AdapterConverter.convert(adapter(diverged), out, target, NameStyle.OLIVE, false))
                .hasMessage(
                        "expected finite numbers in the adapter's change of m.q, got 2 of 6 values of 'q.lora_A' that are NaN or infinite")
                .hasFieldOrPropertyWithValue("remedy", FiniteValues.REMEDY);
        assertThat(out).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32"})
    void factorsAreRoundedOnceToTheFormatThatIsAskedFor(DType dtype) {
        Path out = folder.resolve("a.onnx_adapter");
        double third = 1.0 / 3;

        AdapterConverter.convert(
                adapter(linear("m.q", 2, third)),
                out,
                TargetFormat.ONNX_ADAPTER,
                NameStyle.OLIVE,
                Optional.of(dtype),
                false);

        Tensor b = OnnxAdapterReader.read(out).tensors().get("m.q.lora_B.weight");
        assertThat(b.dtype()).isEqualTo(dtype);
        // 1/3 as the format has it: 11, 8 and 24 digits
        double rounded = switch (dtype) {
            case FLOAT16 -> 0.333251953125;
            case BFLOAT16 -> 0.333984375;
            default -> 0.3333333432674408;
        };
        assertThat(b.toDoubles()[0]).isEqualTo(rounded);
        assertThat(OnnxAdapterReader.read(out)
                        .tensors()
                        .get("m.q.lora_A.weight")
                        .toDoubles())
                .containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void aPeftFolderTakesTheFormatThatIsAskedFor() {
        Path out = folder.resolve("peft");

        AdapterConverter.convert(
                adapter(linear("m.q", 2, 0.5)),
                out,
                TargetFormat.PEFT,
                NameStyle.OLIVE,
                Optional.of(DType.BFLOAT16),
                false);

        LowRankChange change = AdapterFiles.readAdapter(out, ReadOptions.DEFAULT)
                .lowRankChanges()
                .get(0);
        assertThat(change.a().dtype()).isEqualTo(DType.BFLOAT16);
        assertThat(change.b().toDoubles()).containsExactly(1, 2, 3, 4);
        assertThat(change.scaling()).isEqualTo(0.5);
    }

    @Test
    void aValueBeyondTheFormatIsRefused() {
        Path out = folder.resolve("a.onnx_adapter");

        assertThatThrownBy(() -> AdapterConverter.convert(
                        adapter(linear("m.q", 2, 20_000)),
                        out,
                        TargetFormat.ONNX_ADAPTER,
                        NameStyle.OLIVE,
                        Optional.of(DType.FLOAT16),
                        false))
                .hasMessage("1 of 4 values of 'm.q.lora_B.weight' are beyond the range of float16")
                .hasFieldOrPropertyWithValue(
                        "remedy", "Choose --dtype bfloat16 or float32, as the model's inputs allow.");
        assertThat(out).doesNotExist();
    }

    @Test
    void genaiNamesSayAttn() {
        Path out = folder.resolve("a.onnx_adapter");

        AdapterConverter.convert(
                adapter(linear("m.self_attn.q_proj", 2, 1)), out, TargetFormat.ONNX_ADAPTER, NameStyle.GENAI, false);

        assertThat(OnnxAdapterReader.read(out).tensors().keySet())
                .containsExactly("m.attn.q_proj.lora_A.MatMul.weight", "m.attn.q_proj.lora_B.MatMul.weight");
        assertThat(AdapterFiles.readAdapter(out, ReadOptions.DEFAULT).lowRankChanges())
                .extracting(LowRankChange::module)
                .containsExactly("m.self_attn.q_proj");
    }

    @Test
    void aPeftFolderKeepsEveryScalingAndRankExactly() throws IOException {
        Path out = folder.resolve("peft");
        double odd = 16 / Math.sqrt(3);

        AdapterConverter.convert(
                adapter(linear("m.q", 2, 4), linear("m.v", 3, odd), linear("m.o", 2, 0.1)),
                out,
                TargetFormat.PEFT,
                NameStyle.OLIVE,
                false);

        Adapter read = AdapterFiles.readAdapter(out, new ReadOptions(true, ReadOptions.DEFAULT.alpha(), List.of()));
        assertThat(read.lowRankChanges())
                .extracting(LowRankChange::module, LowRankChange::rank, LowRankChange::scaling)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("m.q", 2L, 4.0),
                        org.assertj.core.groups.Tuple.tuple("m.v", 3L, odd),
                        org.assertj.core.groups.Tuple.tuple("m.o", 2L, 0.1));
        assertThat(SafetensorsReader.read(out.resolve("adapter_model.safetensors"))
                        .metadata())
                .containsExactly(Map.entry("format", "pt"));
        assertThat(Files.readString(out.resolve("adapter_config.json")))
                .startsWith("{\n  \"alpha_pattern\": {\n    \"^m\\\\.o\": 0.2,\n")
                .contains("\"lora_alpha\": 8,", "\"r\": 2,", "\"rank_pattern\": {\n    \"^m\\\\.v\": 3\n  }");
    }

    /** Every PEFT adapter of the conformance data that is read, and that a LoRA can be, comes back from a written folder as it was. */
    @TestFactory
    Stream<DynamicTest> everyReadablePeftAdapterSurvivesTheRoundTrip() throws IOException {
        try (Stream<Path> found =
                Files.find(Shared.path("conformance/peft"), 3, (path, attributes) -> path.endsWith("adapter"))) {
            return found.sorted().toList().stream()
                    .map(path -> dynamicTest(path.toString(), () -> assertSurvives(path)));
        }
    }

    private void assertSurvives(Path path) {
        Adapter original;
        try {
            original = AdapterFiles.readAdapter(path, ReadOptions.DEFAULT);
        } catch (GraftException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.METHOD_UNSUPPORTED);
            return;
        }
        Path out = folder.resolve("copy");
        if (!canBeLora(original)) {
            assertThatThrownBy(() -> AdapterConverter.convert(original, out, TargetFormat.PEFT, NameStyle.OLIVE, true))
                    .isInstanceOfSatisfying(
                            GraftException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.CONVERT_UNSUPPORTED));
            return;
        }
        AdapterConverter.convert(original, out, TargetFormat.PEFT, NameStyle.OLIVE, true);
        Adapter copy = AdapterFiles.readAdapter(out, new ReadOptions(true, ReadOptions.DEFAULT.alpha(), List.of()));

        assertThat(copy.warnings()).isEmpty();
        assertThat(copy.changes().stream().map(AdapterConverterTest::describe).sorted())
                .isEqualTo(original.changes().stream()
                        .map(AdapterConverterTest::describe)
                        .sorted()
                        .toList());
    }

    /** Not VeRA, whose widths only the base knows, and not LayerNorm tuning, which has nothing but whole tensors. */
    private static boolean canBeLora(Adapter adapter) {
        return adapter.changes().stream()
                .anyMatch(change -> change instanceof LowRankChange || change instanceof RowReplacement);
    }

    private static String describe(ModuleChange change) {
        String tensors = change.tensors().stream()
                .map(tensor ->
                        tensor.dtype() + " " + tensor.shape() + " " + java.util.Arrays.hashCode(tensor.toBytes()))
                .toList()
                .toString();
        if (change instanceof LowRankChange low) {
            LayerKind kind = low.kind() == LayerKind.LINEAR_OR_CONV ? LayerKind.LINEAR : low.kind();
            return change.module() + " " + kind + " " + low.scaling() + " " + low.isDora() + tensors;
        }
        return change.module() + " " + (change instanceof RowReplacement rows ? rows.rows() : "") + tensors;
    }

    @Test
    void kohyaFilesOfKnownModelsBecomePeftFolders() {
        Adapter kohya =
                AdapterFiles.readAdapter(Shared.path("conformance/peft/kohya/locon.safetensors"), ReadOptions.DEFAULT);

        AdapterConverter.convert(kohya, folder.resolve("out"), TargetFormat.PEFT, NameStyle.OLIVE, false);

        assertThat(AdapterFiles.readAdapter(folder.resolve("out"), ReadOptions.DEFAULT)
                        .lowRankChanges())
                .extracting(LowRankChange::module)
                .containsExactlyInAnyOrder("conv_in", "text_model.encoder.layers.0.self_attn.q_proj");
    }

    @Test
    void whatAnOnnxAdapterHasNoWordsForIsRefused() {
        Tensor vector = Tensor.ofFloats("v", Shape.of(2), 1, 2);
        LowRankChange plain = linear("q", 2, 1);

        assertUnsupported(
                TargetFormat.ONNX_ADAPTER,
                new LowRankChange("q", LayerKind.LINEAR, plain.a(), plain.b(), 1, vector, null),
                "module 'q' has DoRA, whose factor depends on the base's weight");
        assertUnsupported(
                TargetFormat.ONNX_ADAPTER,
                new LowRankChange("q", LayerKind.LINEAR, plain.a(), plain.b(), 1, null, vector),
                "module 'q' has a change of a bias (lora_bias)");
        assertUnsupported(
                TargetFormat.ONNX_ADAPTER,
                new LowRankChange("e", LayerKind.EMBEDDING, plain.a(), plain.b(), 1, null, null),
                "module 'e' has a change of an embedding or a convolution");
        assertUnsupported(
                TargetFormat.ONNX_ADAPTER,
                new TensorReplacement("head", "weight", vector),
                "an .onnx_adapter holds A and B of linear layers and nothing else, but module 'head' has a replaced tensor");
    }

    @Test
    void whatPeftHasNoWordsForIsRefused() {
        Tensor vector = Tensor.ofFloats("v", Shape.of(2), 1, 2);
        LowRankChange plain = linear("q", 2, 1);
        LowRankChange flat = new LowRankChange("c", LayerKind.CONV_FLAT, plain.a(), plain.b(), 1, null, null);

        assertUnsupported(TargetFormat.PEFT, flat, "its factors are those of loralib's convolution");
        assertUnsupported(
                TargetFormat.PEFT,
                new LowRankChange("d", LayerKind.LINEAR, plain.a(), plain.b(), 1, vector, null),
                "PEFT cannot mix DoRA and LoRA in one adapter");
        assertUnsupported(
                TargetFormat.PEFT,
                new LowRankChange("d", LayerKind.LINEAR, plain.a(), plain.b(), 1, null, vector),
                "PEFT's lora_bias is for every module or none");
        assertUnsupported(
                TargetFormat.PEFT,
                new TensorReplacement("q2", "weight", vector),
                "PEFT cannot replace the weight of a module that it also adapts");
        assertUnsupported(TargetFormat.PEFT, plain.scaledBy(Double.POSITIVE_INFINITY), "its scaling is not finite");
    }

    @Test
    void aFileThatIsThereIsReplacedOnlyByForce() {
        Adapter adapter = adapter(linear("q", 2, 1));
        Path out = folder.resolve("a.onnx_adapter");
        AdapterConverter.convert(adapter, out, TargetFormat.ONNX_ADAPTER, NameStyle.OLIVE, false);

        assertThatThrownBy(
                        () -> AdapterConverter.convert(adapter, out, TargetFormat.ONNX_ADAPTER, NameStyle.OLIVE, false))
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.OUTPUT_EXISTS));
        AdapterConverter.convert(adapter, out, TargetFormat.ONNX_ADAPTER, NameStyle.OLIVE, true);
        assertThatThrownBy(() -> AdapterConverter.convert(
                        AdapterFiles.readAdapter(out, ReadOptions.DEFAULT),
                        out,
                        TargetFormat.ONNX_ADAPTER,
                        NameStyle.OLIVE,
                        true))
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.OUTPUT_IS_INPUT));
    }

    private void assertUnsupported(TargetFormat target, ModuleChange change, String message) {
        assertThatThrownBy(() -> AdapterConverter.convert(
                        adapter(linear("q2", 2, 1), change), folder.resolve("out"), target, NameStyle.OLIVE, false))
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.CONVERT_UNSUPPORTED);
                    assertThat(error).hasMessageContaining(message);
                });
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private static LowRankChange linear(String module, int rank, double scaling) {
        double[] a = new double[rank * 3];
        for (int i = 0; i < a.length; i++) {
            a[i] = i + 1;
        }
        double[] b = new double[2 * rank];
        for (int i = 0; i < b.length; i++) {
            b[i] = i + 1;
        }
        if (rank == 2) {
            b = new double[] {1, 2, 3, 4};
        }
        return new LowRankChange(
                module,
                LayerKind.LINEAR,
                Tensor.ofDoubles("a", DType.FLOAT32, Shape.of(rank, 3), a),
                Tensor.ofDoubles("b", DType.FLOAT32, Shape.of(2, rank), b),
                scaling,
                null,
                null);
    }

    private static Adapter adapter(ModuleChange... changes) {
        return new Adapter(Path.of("memory"), "test", "LoRA", List.of(changes), Map.of(), List.of());
    }
}
