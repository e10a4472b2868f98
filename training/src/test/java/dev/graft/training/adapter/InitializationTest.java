package dev.graft.training.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.testing.Fixtures;
import dev.graft.training.adapter.Initialization.Factors;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.TrainingGraph;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.precision.Activations;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** First values against those of PEFT 0.21.2 behind {@code torch.manual_seed(42); get_peft_model(fixture, LoraConfig(...))}. */
class InitializationTest {
    /** {@code LoraConfig(target_modules=["q_proj", "k_proj", "v_proj"], r=2, lora_bias=True)}: biases of B are drawn too, before they become zero. */
    @Test
    void withBiasesInTheBranchesTheFactorsArePeftsToTheBit() {
        TrainableLayout layout =
                layout("qwen2", TrainingTarget.of("[qkv]_proj", 2, 1).withBranchBias());
        float[] values = Initialization.of(layout, java.util.Map.of(), Factors.KAIMING, 42);

        String parent = "model.layers.0.self_attn.";
        assertThat(ends(layout, values, parent + "q_proj.lora_A.weight"))
                .containsExactly(-0.129106342792511, 0.04721873998641968);
        assertThat(ends(layout, values, parent + "k_proj.lora_A.weight"))
                .containsExactly(0.055737197399139404, 0.07005840539932251);
        assertThat(ends(layout, values, parent + "v_proj.lora_A.weight"))
                .containsExactly(0.1398727297782898, 0.20512688159942627);
        assertThat(ends(layout, values, parent + "v_proj.lora_B.bias")).containsExactly(0, 0);
    }

    /** {@code LoraConfig(target_modules=["embed_tokens", "q_proj"], r=3)}; what the embedding draws moves what q_proj does. */
    @Test
    void anEmbeddingBeginsWithPeftsNumbersAndSoDoesWhatComesBehindIt() {
        TrainableLayout layout = layout("llama", TrainingTarget.of("embed_tokens|q_proj", 3, 1));
        float[] values = Initialization.of(layout, java.util.Map.of(), Factors.KAIMING, 42);

        assertThat(ends(layout, values, "model.embed_tokens.lora_embedding_A")).containsExactly(0, 0);
        assertThat(ends(layout, values, "model.embed_tokens.lora_embedding_B"))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(-0.36090990900993347, 0.8032528162002563);
        assertThat(ends(layout, values, "model.layers.0.self_attn.q_proj.lora_A.weight"))
                .containsExactly(-0.05674591660499573, -0.24671941995620728);
        assertThat(ends(layout, values, "model.layers.1.self_attn.q_proj.lora_A.weight"))
                .containsExactly(0.20104071497917175, 0.14675280451774597);
    }

    private static TrainableLayout layout(String model, TrainingTarget target) {
        return TrainingGraph.build(
                        Fixtures.path(model + "/base/model_dynamo.onnx"),
                        target,
                        new CrossEntropy(),
                        List.of(),
                        Activations.FLOAT32,
                        TrainingGraph.Purpose.EVALUATION)
                .layout();
    }

    /** The first and the last value of a tensor. */
    private static double[] ends(TrainableLayout layout, float[] values, String name) {
        Entry entry = layout.entries().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        int first = (int) entry.offset();
        float[] own =
                Arrays.copyOfRange(values, first, first + (int) entry.shape().elements());
        return new double[] {own[0], own[own.length - 1]};
    }
}
