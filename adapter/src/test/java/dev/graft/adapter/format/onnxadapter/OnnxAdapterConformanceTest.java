package dev.graft.adapter.format.onnxadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.format.peft.PeftReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Files that ONNX Runtime loads or refuses; those that it refuses are refused here, and one more that names a tensor twice. */
class OnnxAdapterConformanceTest {
    private static final Map<String, String> REFUSED = Map.of(
            "bad", "expected the identifier 'TORT'",
            "h3", "the name 'lora_A' occurs twice",
            "h4", "expected format version 1, got 2",
            "h5", "expected the identifier 'TORT'",
            "h6", "'lora_A' should have 32 bytes for float32 [4, 2], but has 28",
            "h7", "'lora_A' has the negative dimension -2",
            "h8", "'lora_A' has the unsupported data type 22",
            "scalar", "'s' has 0 dimensions",
            "trunc", "");

    @TestFactory
    Stream<DynamicTest> whatOnnxRuntimeRefusesIsRefused() {
        return REFUSED.entrySet().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> refuses(entry.getKey(), entry.getValue())));
    }

    private static void refuses(String name, String message) {
        Path file = Shared.path("conformance/onnx_adapter/" + name + ".onnx_adapter");

        assertThatThrownBy(() -> OnnxAdapterReader.read(file))
                .isInstanceOfSatisfying(
                        GraftException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.ONNX_ADAPTER_MALFORMED))
                .hasMessageContaining(message);
    }

    @TestFactory
    Stream<DynamicTest> whatOnnxRuntimeLoadsIsRead() {
        // as onnxruntime.AdapterFormat.read_adapter(...).get_parameters() gave them
        return Map.ofEntries(
                        Map.entry("badrank", "lora_A FLOAT32 [1, 4, 2]; lora_B FLOAT32 [2, 4]"),
                        Map.entry("badshape", "lora_A FLOAT32 [5, 2]; lora_B FLOAT32 [2, 4]"),
                        Map.entry("bf", "lora_A BFLOAT16 [4, 2]; lora_B BFLOAT16 [2, 4]"),
                        Map.entry("constw", "W FLOAT32 [4, 4]"),
                        Map.entry("empty", ""),
                        Map.entry("extra", "lora_A FLOAT32 [4, 2]; lora_B FLOAT32 [2, 4]; nope FLOAT32 [4, 2]"),
                        Map.entry("f16", "lora_A FLOAT16 [4, 2]; lora_B FLOAT16 [2, 4]"),
                        Map.entry("h1", "lora_A FLOAT32 [4, 2]; lora_B FLOAT32 [2, 4]"),
                        Map.entry("h2", "lora_A FLOAT32 [4, 2]; lora_B FLOAT32 [2, 4]"),
                        Map.entry("h9", "lora_A FLOAT32 [4, 0]; lora_B FLOAT32 [0, 4]"),
                        Map.entry("h10", " FLOAT32 [4, 2]; lora_B FLOAT32 [2, 4]"),
                        Map.entry("h11", "lora_A FLOAT32 [4, 2]; lora_B FLOAT32 [2, 4]"),
                        Map.entry("onlyA", "lora_A FLOAT32 [4, 2]"),
                        Map.entry("onlyB", "lora_B FLOAT32 [2, 4]"),
                        Map.entry("q", "q UINT8 [16, 2, 8]; s FLOAT32 [16, 2]"),
                        Map.entry("r0", "lora_A FLOAT32 [4, 0]; lora_B FLOAT32 [0, 4]"),
                        Map.entry("r2", "lora_A FLOAT32 [4, 2]; lora_B FLOAT32 [2, 4]"),
                        Map.entry("r3", "lora_A FLOAT32 [4, 3]; lora_B FLOAT32 [3, 4]"),
                        Map.entry("v", "lora_A FLOAT32 [4, 2]; lora_B FLOAT32 [2, 4]"),
                        Map.entry("xin", "lora_A FLOAT32 [4, 2]; lora_B FLOAT32 [2, 4]; x FLOAT32 [3, 4]"))
                .entrySet()
                .stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> {
                    OnnxAdapterFile file = OnnxAdapterReader.read(
                            Shared.path("conformance/onnx_adapter/" + entry.getKey() + ".onnx_adapter"));
                    String tensors = file.tensors().values().stream()
                            .map(tensor -> tensor.name() + " " + tensor.dtype() + " " + tensor.shape())
                            .sorted()
                            .collect(Collectors.joining("; "));
                    assertThat(tensors).isEqualTo(entry.getValue());
                }));
    }

    @Test
    void theFileOfOnnxRuntimesOwnTestsIsRead() {
        OnnxAdapterFile file =
                OnnxAdapterReader.read(Shared.path("conformance/ort_multilora/two_params_lora_model.onnx_adapter"));

        assertThat(file.tensors().get("lora_param_a").shape()).isEqualTo(Shape.of(4, 1));
        assertThat(file.tensors().get("lora_param_b").dtype()).isEqualTo(DType.FLOAT32);
    }

    /** Olive's older file format is another one. */
    @Test
    void aFlatBuffersFileOfAnotherKindIsRefused() {
        Path file = Shared.path("conformance/olive_2024_lora/adapter_weights.fb");

        assertThatThrownBy(() -> OnnxAdapterReader.read(file)).hasMessageContaining("expected the identifier 'TORT'");
    }

    /** The exported adapter has s·B where the PEFT folder it was made from has s and B. */
    @Test
    void anExportedAdapterIsThePeftAdapterThatItWasMadeFrom() {
        Adapter exported =
                NamedFactors.read(Shared.path("models/stories260K/multilora/stories260K_e2e_r8.onnx_adapter"));
        Map<String, LowRankChange> peft =
                PeftReader.read(Shared.path("models/stories260K/peft_e2e_r8_hd16"), true).lowRankChanges().stream()
                        .collect(Collectors.toMap(LowRankChange::module, change -> change));

        assertThat(exported.lowRankChanges()).hasSameSizeAs(peft.values());
        for (LowRankChange change : exported.lowRankChanges()) {
            LowRankChange original = peft.get(change.module());
            assertThat(original).as(change.module()).isNotNull();
            assertThat(change.a().toBytes()).isEqualTo(original.a().toBytes());
            assertThat(change.b().toBytes())
                    .isEqualTo(original.b().scaled(original.scaling()).toBytes());
        }
    }
}
