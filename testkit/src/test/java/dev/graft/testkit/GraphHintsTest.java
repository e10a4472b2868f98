package dev.graft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.scan.ModelScanner;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.testing.Fixtures;
import dev.graft.testing.Shared;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphHintsTest {
    @ParameterizedTest
    @CsvSource({"model_dynamo.onnx", "model_ts.onnx"})
    void tokenIdsAreBelowTheVocabulary(String export) {
        InputHints hints = GraphHints.of(ModelScanner.scan(Fixtures.path("llama/base/" + export)));

        assertThat(hints.bounds()).isEqualTo(Map.of("input_ids", 24L));
    }

    @ParameterizedTest
    @CsvSource({
        "models/stories260K/onnx/stories260K_ts.onnx, 512",
        "models/stories260K/genai_fp32/model.onnx, 512",
        "models/stories260K/genai_int4/model.onnx, 512",
        "models/gpt_nano_sort/gpt_nano_sort.onnx, 3"
    })
    void realModelsToo(String model, long vocabulary) {
        assertThat(GraphHints.of(ModelScanner.scan(Shared.path(model))).bounds())
                .containsEntry("input_ids", vocabulary);
    }

    @ParameterizedTest
    @CsvSource({
        "models/stories260K/genai_fp32/model.onnx, 16",
        "models/stories260K/genai_fp32_lora/model.onnx, 16",
        "models/stories260K/genai_int4/model.onnx, 16",
        "conformance/exports/genai_llama_fp16_cuda/model.onnx, 8"
    })
    void aCacheIsAsWideAsTheHeadsOfTheAttention(String model, long width) {
        assertThat(GraphHints.of(ModelScanner.scan(Shared.path(model))).dims())
                .isEqualTo(Map.of("kv_cache_dim", width));
    }

    @Test
    void aModelWithoutTablesHasNoBounds() {
        assertThat(GraphHints.of(ModelScanner.scan(Fixtures.path("conv/base/model_dynamo.onnx"))))
                .isEqualTo(InputHints.NONE);
    }
}
