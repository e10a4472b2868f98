package dev.graft.testkit.difference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.testing.Fixtures;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureDifferencesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama/base/model_dynamo.onnx",
                "gpt2/base/model_ts.onnx",
                "conv/base/model_dynamo.onnx",
                "subgraph/base/model.onnx"
            })
    void aModelEqualsItself(String model) {
        ModelIndex index = scan(model);

        assertThat(ArchitectureDifferences.between(index, scan(model))).isEmpty();
        assertThat(TensorChanges.between(index, scan(model))).isEmpty();
    }

    @Test
    void whereTheWeightsLieDoesNotCount() {
        assertThat(ArchitectureDifferences.between(
                        scan("llama/base/model_dynamo.onnx"), scan("llama/base/model_external.onnx")))
                .isEmpty();
        assertThat(TensorChanges.between(scan("llama/base/model_dynamo.onnx"), scan("llama/base/model_external.onnx")))
                .isEmpty();
    }

    @Test
    void anotherModelDiffersInItsInputsNodesAndWeights() {
        List<String> differences = ArchitectureDifferences.between(
                scan("bert/base/model_dynamo.onnx"), scan("conv/base/model_dynamo.onnx"));

        assertThat(differences).hasSizeLessThanOrEqualTo(20);
        assertThat(differences).anyMatch(line -> line.matches("inputs: expected \\[input_ids.*, got \\[.*"));
        assertThat(differences).anyMatch(line -> line.matches("number of nodes: expected \\d+, got \\d+"));
        assertThat(differences).anyMatch(line -> line.startsWith("node 0: expected "));
        assertThat(differences).anyMatch(line -> line.matches("weight '.*': expected float32 \\[.*, got none"));
    }

    @Test
    void tensorsOfSubgraphsAreListed() {
        assertThat(StoredTensors.of(scan("subgraph/base/model.onnx")).keySet())
                .hasSizeGreaterThan(
                        scan("subgraph/base/model.onnx").graph().initializers().size());
    }

    @Test
    void namesMeanModulesByTheirLastParts() {
        assertThat(Modules.means("q_proj", "model.layers.0.self_attn.q_proj")).isTrue();
        assertThat(Modules.means("self_attn.q_proj", "model.layers.0.self_attn.q_proj"))
                .isTrue();
        assertThat(Modules.means("model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.q_proj"))
                .isTrue();
        assertThat(Modules.means("proj", "model.layers.0.self_attn.q_proj")).isFalse();
    }

    private static ModelIndex scan(String model) {
        return ModelScanner.scan(Fixtures.path(model));
    }
}
