package dev.graft.runtime.inputs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of many exporters run on made-up inputs, without a hint where their folder has none. */
class RealModelsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "conformance/exports/bert/dynamo_wrapped.onnx",
                "conformance/exports/bert/ts.onnx",
                "conformance/exports/llama/dynamo.onnx",
                "conformance/exports/llama/ts_wrapped.onnx",
                "conformance/peft/conv/base/model_ts.onnx",
                "conformance/peft/gpt2/base/model_dynamo.onnx",
                "models/gpt_nano_sort/gpt_nano_sort.onnx",
                "models/stories260K/genai_fp32/model.onnx",
                "models/stories260K/genai_int4/model.onnx",
                "models/stories260K/onnx/stories260K_ts.onnx",
                "models/graph_zoo/danodia.onnx",
                "models/graph_zoo/dtln_1.onnx",
                "models/graph_zoo/fastestdet.onnx",
                "models/graph_zoo/genai_tiny_gpt2_past.onnx",
                "models/graph_zoo/gtcrn_simple.onnx",
                "models/graph_zoo/kooose_enc.onnx",
                "models/graph_zoo/light_resnet50.onnx",
                "models/graph_zoo/mnist.onnx",
                "models/graph_zoo/nextnode_transformer.onnx",
                "models/graph_zoo/opensearch_tinyxlmr_ce.onnx",
                "models/graph_zoo/optimum_asset.onnx",
                "models/graph_zoo/superres.onnx",
                "models/graph_zoo/tribuo_tinybert.onnx",
                "models/graph_zoo/ultraface.onnx",
                "models/graph_zoo/vespa_mlm.onnx",
                "models/graph_zoo/vespa_random_decoder.onnx",
                "models/graph_zoo/vespa_random_encoder.onnx"
            })
    void aModelRunsOnMadeUpInputs(String relative) {
        Path model = Shared.path(relative);
        try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT)) {
            InputHints hints = ModelFolderHints.read(model, session.inputs());

            List<Map<String, HostTensor>> samples = RunnableSamples.find(session, hints, 4, 1);

            assertThat(samples).hasSize(4);
        }
    }
}
