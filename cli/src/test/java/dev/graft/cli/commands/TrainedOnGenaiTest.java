package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that are trained on a model of onnxruntime-genai's builder, which has names of its own for modules. */
class TrainedOnGenaiTest extends StoriesTraining {
    private final Path peft = Shared.path("models/stories260K/peft_e2e_r8_hd16");

    @ParameterizedTest
    @ValueSource(strings = {"genai_fp32", "genai_int4"})
    void theTensorsHaveTheNamesAndShapesThatPeftGivesThemOnTheCheckpoint(String model) throws IOException {
        assertThat(run("train", config(model, "out"))).as(messages()).isZero();

        // PEFT's own file, of an adapter that it trained on the checkpoint that the model was made of
        Map<String, Tensor> expected = tensors(peft);
        assertThat(tensors(folder.resolve("out")))
                .hasSameSizeAs(expected)
                .allSatisfy((name, tensor) -> assertThat(tensor.shape())
                        .as(name)
                        .isEqualTo(expected.get(name).shape()));
        assertThat(Files.readString(folder.resolve("out/adapter_config.json")))
                .contains("\"model.layers.0.self_attn.q_proj\"")
                .doesNotContain(".attn.");
    }

    @Test
    void whatIsTrainedIsMergedAttachedAndVerifiedOnTheModelItself() throws IOException {
        assertThat(run("train", config("genai_fp32", "out"), "--set", "additional_target=norm"))
                .as(messages())
                .isZero();
        String base = Shared.path("models/stories260K/genai_fp32/model.onnx").toString();
        String trained = output("out");
        Files.createDirectory(folder.resolve("attached"));

        assertThat(tensors(folder.resolve("out"))).containsKey("base_model.model.model.norm.weight");
        assertThat(run("merge", base, trained, "-o", output("merged.onnx")))
                .as(messages())
                .isZero();
        assertThat(results()).contains("merged 36 targets");
        assertThat(run("attach", base, trained, "-o", output("attached/model.onnx")))
                .as(messages())
                .isZero();
        assertThat(run(
                        "verify",
                        base,
                        trained,
                        "--merged",
                        output("merged.onnx"),
                        "--attached",
                        output("attached/model.onnx")))
                .as(results())
                .isZero();
        assertThat(results()).contains("verified: it does what base and adapter say");
    }

    @Test
    void trainingGoesOnFromPeftsAdapterAndTheRuntimesFileFitsSlotsOfTheModel() throws IOException {
        assertThat(run(
                        "train",
                        config("genai_fp32", "out"),
                        "--set",
                        "adapter_name_or_path=" + peft,
                        "--set",
                        "learning_rate=1e-12"))
                .as(messages())
                .isZero();
        Map<String, Tensor> expected = tensors(peft);
        tensors(folder.resolve("out"))
                .forEach((name, tensor) -> assertThat(tensor.toDoubles())
                        .as(name)
                        .usingComparatorWithPrecision(1e-9)
                        .containsExactly(expected.get(name).toDoubles()));

        String base = Shared.path("models/stories260K/genai_fp32/model.onnx").toString();
        String slots = output("slots.onnx");
        assertThat(run("attach", base, "-o", slots, "--style", "input", "--targets", "all-linear"))
                .as(messages())
                .isZero();
        assertThat(run("verify", base, output("out/adapter.onnx_adapter"), "--attached", slots))
                .as(results() + messages())
                .isZero();
    }

    /** Cosines and sines of positions lie in the file as weights do. */
    @ParameterizedTest
    @ValueSource(strings = {"genai_fp32", "genai_fp16_cuda"})
    void whereWholeWeightsAreTrainedRotationsStayAsTheyAre(String model) throws IOException {
        Path base = Shared.path("models/stories260K/" + model + "/model.onnx");

        assertThat(run("train", config(model, "out"), "--set", "finetuning_type=full"))
                .as(messages())
                .isZero();
        assertThat(results()).contains("model     " + folder.resolve("out/model.onnx"));

        GraphIndex before = ModelScanner.scan(base).graph();
        GraphIndex after = ModelScanner.scan(folder.resolve("out/model.onnx")).graph();
        assertThat(changed(before, after, "cos_cache")).isFalse();
        assertThat(changed(before, after, "sin_cache")).isFalse();
        assertThat(after.initializers().keySet())
                .contains(
                        "model.layers.0.attn.qkv_proj.MatMul.weight_trained",
                        "model.layers.4.mlp.down_proj.MatMul.weight_trained",
                        "model.layers.0.input_layernorm.weight_trained",
                        "lm_head.MatMul.weight_trained");
        assertThat(ModelScanner.scan(folder.resolve("out/model.onnx")).dataFiles())
                .as("also what was not trained, and lies in a data file of the base, is inside")
                .isEmpty();
        assertThat(run(
                        "generate",
                        output("out/model.onnx"),
                        "--tokenizer",
                        tokenizer(),
                        "--prompt",
                        "Once",
                        "--max-tokens",
                        "2"))
                .as(messages())
                .isZero();
    }

    @Test
    void quantisedWeightsAreNotTrainedWholeAndNeitherAreTheirScales() throws IOException {
        assertThat(run("train", config("genai_int4", "out"), "--set", "finetuning_type=full"))
                .isEqualTo(2);
        assertThat(messages())
                .contains(
                        "finetuning_type: the weights of model.layers.0.self_attn.qkv_proj and 25 more are quantised",
                        "finetuning_type: lora trains beside quantised weights");

        assertThat(run("train", config("genai_int4", "out"), "--set", "additional_target=embed_tokens"))
                .isEqualTo(2);
        assertThat(messages()).contains("additional_target: no module matches 'embed_tokens'");
    }

    @Test
    void rowsThatAreLongerThanTheModelTakesAreCutOrRefusedBeforeTheFirstStep() throws IOException {
        Files.writeString(
                folder.resolve("long.jsonl"), "{\"text\": \"" + "Once upon a time there was. ".repeat(100) + "\"}\n");
        String config = config("genai_fp32", "out");
        String text = Files.readString(Path.of(config)).replace("cutoff_len: 64\n", "");
        Files.writeString(Path.of(config), text);
        String dataset = "dataset=" + output("long.jsonl");

        assertThat(run("train", config, "--set", dataset, "--set", "cutoff_len=2048"))
                .isEqualTo(3);
        assertThat(messages())
                .contains(
                        "expected at most 512 tokens, as many as model.onnx takes in a row, got ",
                        "long.jsonl, line 1");

        assertThat(run("train", config, "--set", dataset, "--set", "max_steps=1"))
                .as(messages())
                .isZero();
        assertThat(messages())
                .containsOnlyOnce("cutoff_len is not set, and 512 where model.onnx takes 512 tokens: 1 row is cut");
    }

    private static boolean changed(GraphIndex before, GraphIndex after, String name) {
        return !Arrays.equals(
                Objects.requireNonNull(before.initializers().get(name))
                        .tensor()
                        .orElseThrow()
                        .toDoubles(),
                Objects.requireNonNull(after.initializers().get(name))
                        .tensor()
                        .orElseThrow()
                        .toDoubles());
    }

    private static Map<String, Tensor> tensors(Path adapter) {
        return SafetensorsReader.read(adapter.resolve("adapter_model.safetensors"))
                .tensors();
    }
}
