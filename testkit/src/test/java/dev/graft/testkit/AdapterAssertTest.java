package dev.graft.testkit;

import static dev.graft.testkit.GraftAssertions.assertThatAdapter;
import static dev.graft.testkit.TestMerges.ADAPTER;
import static dev.graft.testkit.TestMerges.BASE;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.error.GraftException;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterAssertTest {
    @TempDir
    Path folder;

    @Test
    void anAdapterPassesEveryAssertion() {
        assertThatAdapter(ADAPTER)
                .hasRank(4)
                .hasScaling(2)
                .hasMethod("lora")
                .targets("q_proj", "v_proj")
                .hasFiniteValues()
                .fits(BASE);
    }

    @Test
    void anotherRankIsNamedByModule() {
        assertThatThrownBy(() -> assertThatAdapter(ADAPTER).hasRank(8))
                .hasMessageContaining("to have rank 8 for every module, but ")
                .hasMessageContaining("model.layers.0.self_attn.q_proj: 4")
                .hasMessageContaining("rank_pattern");
    }

    @Test
    void anotherScalingAndMethodAreNamed() {
        assertThatThrownBy(() -> assertThatAdapter(ADAPTER).hasScaling(1)).hasMessageContaining("to have scaling 1.0");
        assertThatThrownBy(() -> assertThatAdapter(ADAPTER).hasMethod("DoRA"))
                .hasMessageContaining("to be DoRA, but it is LoRA.");
    }

    @Test
    void targetsAreComparedBothWays() {
        assertThatThrownBy(() -> assertThatAdapter(ADAPTER).targets("q_porj", "v_proj"))
                .hasMessageContaining("but it does not change:\n  q_porj   Did you mean 'q_proj'?")
                .hasMessageContaining("and it changes:\n  model.layers.0.self_attn.q_proj");
        assertThatThrownBy(() -> assertThatAdapter(ADAPTER).targets("q_proj"))
                .hasMessageContaining(", but it changes:\n  model.layers.0.self_attn.v_proj");
    }

    @Test
    void aModelWithoutTheModulesDoesNotFit() {
        assertThatThrownBy(() -> assertThatAdapter(ADAPTER).fits(Fixtures.path("bert/base/model_dynamo.onnx")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("TARGET_NOT_FOUND");
    }

    @Test
    void valuesThatAreNotFiniteAreCounted() {
        Path file = folder.resolve("diverged.onnx_adapter");
        OnnxAdapterWriter.write(
                file,
                List.of(
                        Tensor.ofFloats("q_proj.lora_A.weight", Shape.of(2, 1), 1, Float.NaN),
                        Tensor.ofFloats("q_proj.lora_B.weight", Shape.of(1, 2), 1, 1)));

        assertThatThrownBy(() -> assertThatAdapter(file).hasFiniteValues())
                .hasMessageContaining("but 1 of 2 values of 'q_proj.lora_A.weight' are NaN or infinite.");
    }

    @Test
    void aFolderThatIsNoAdapterIsAnErrorAndNoFailure() {
        assertThatThrownBy(() -> assertThatAdapter(folder).hasRank(1)).isInstanceOf(GraftException.class);
    }
}
