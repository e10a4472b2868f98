package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.testing.Shared;
import dev.graft.training.engine.OrtTrainingEngine;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.TrainableLayout.Entry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same checkpoint from PyTorch's exporter and from onnxruntime-genai's builder has the same gradients. */
class GenaiGradientTest {
    private static final String MODULES = ".*(o_proj|gate_proj|up_proj|down_proj|q_proj|k_proj|v_proj)";

    @ParameterizedTest
    @CsvSource({
        "conformance/exports/genai_llama_fp32/model.onnx, conformance/exports/llama/dynamo.onnx, 1e-5",
        "conformance/exports/genai_llama_fp16_cuda/model.onnx, conformance/exports/llama/dynamo.onnx, 1e-2",
        "conformance/exports/genai_llama_int4/model.onnx, conformance/exports/genai_llama_int4_qdq/model.onnx, 1e-5"
    })
    void gradientsOfTheSameAdapterAreTheSame(String file, String other, double tolerance) {
        Map<String, double[]> actual = gradients(Shared.path(file));
        Map<String, double[]> expected = gradients(Shared.path(other));

        actual.keySet().retainAll(expected.keySet());
        assertThat(actual.keySet())
                .contains("model.layers.0.self_attn.q_proj.lora_B.weight", "model.layers.1.mlp.up_proj.lora_A.weight")
                .hasSize(2 * 7 * 2 + 1);
        actual.forEach((name, gradient) -> {
            double largest = 1e-3;
            for (double value : expected.get(name)) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(gradient).as(name).containsExactly(expected.get(name), within(tolerance * largest));
        });
        assertThat(Arrays.stream(actual.get("model.layers.0.mlp.up_proj.lora_A.weight"))
                        .map(Math::abs)
                        .max()
                        .orElse(0))
                .isGreaterThan(1e-3);
    }

    /** By parameter, in the orientation of an adapter's file; and the loss. */
    private static Map<String, double[]> gradients(Path model) {
        OrtTrainingEngine.Recipe recipe = new OrtTrainingEngine.Recipe(
                model,
                TrainingTarget.of(MODULES, 2, 1),
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                GraphSettings.DEFAULT);
        Map<String, double[]> gradients = new TreeMap<>();
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe)) {
            float[] values = new float[(int) engine.layout().size()];
            for (Entry entry : engine.layout().entries()) {
                Random random = new Random(entry.name().hashCode());
                for (int i = 0; i < entry.shape().elements(); i++) {
                    values[place(entry, i)] = (float) random.nextGaussian() / 4;
                }
            }
            int size = values.length;
            engine.restore(new EngineState(values, new float[size], new float[size], new float[size], 0));
            gradients.put("loss", new double[] {engine.accumulate(batch(), 1, 0)});
            float[] gradient = engine.state().gradient();
            for (Entry entry : engine.layout().entries()) {
                double[] own = new double[(int) entry.shape().elements()];
                for (int i = 0; i < own.length; i++) {
                    own[i] = gradient[place(entry, i)];
                }
                gradients.put(entry.name(), own);
            }
        }
        return gradients;
    }

    private static int place(Entry entry, int index) {
        long columns = entry.shape().dim(1);
        long rows = entry.shape().dim(0);
        long inside = entry.transposed() ? index % columns * rows + index / columns : index;
        return (int) (entry.offset() + inside);
    }

    /** Two rows, the second padded at the right. */
    private static Batch batch() {
        return new Batch(
                Map.of(
                        "input_ids", HostTensor.ofLongs(Shape.of(2, 5), 5, 9, 17, 3, 22, 40, 2, 8, 0, 0),
                        "attention_mask", HostTensor.ofLongs(Shape.of(2, 5), 1, 1, 1, 1, 1, 1, 1, 1, 0, 0)),
                Optional.of(HostTensor.ofLongs(
                        Shape.of(2, 5),
                        9,
                        17,
                        3,
                        22,
                        Batch.IGNORED,
                        2,
                        8,
                        Batch.IGNORED,
                        Batch.IGNORED,
                        Batch.IGNORED)),
                6,
                8);
    }
}
