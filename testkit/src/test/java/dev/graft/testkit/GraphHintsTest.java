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
        "models/gpt_nano_sort/gpt_nano_sort.onnx, 3"
    })
    void realModelsToo(String model, long vocabulary) {
        assertThat(GraphHints.of(ModelScanner.scan(Shared.path(model))).bounds())
                .containsEntry("input_ids", vocabulary);
    }

    @Test
    void aModelWithoutTablesHasNoBounds() {
        assertThat(GraphHints.of(ModelScanner.scan(Fixtures.path("conv/base/model_dynamo.onnx"))))
                .isEqualTo(InputHints.NONE);
    }
}
