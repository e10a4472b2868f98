package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code graft train} trains beside low-rank pairs of linear layers, from the configuration to the verified model. */
class TrainedPartsTest extends TypedCommands {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qwen2|lora_target: q_proj,v_proj|bias: all|bias|all|self_attn.k_proj.bias",
                "qwen2|lora_target: q_proj,v_proj|bias: lora_only|bias|lora_only|self_attn.q_proj.base_layer.bias",
                "qwen2|lora_target: q_proj,k_proj|lora_bias: true|lora_bias|true|self_attn.k_proj.lora_B.bias",
                "gpt2|lora_target: c_attn|bias: all|bias|all|transformer.ln_f.bias",
                "gpt2|lora_target: c_attn,c_fc|lora_bias: true|lora_bias|true|mlp.c_fc.lora_B.bias"
            })
    void itIsSavedAsPeftSavesItMergedAttachedAndVerified(
            String model, String target, String line, String option, String value, String tensor) throws IOException {
        String onnx = Fixtures.path(model + "/base/model_dynamo.onnx").toString();
        assertThat(run("train", config(model, onnx, target, line, "output_dir: out", "learning_rate: 3e-2")))
                .as(messages())
                .isZero();

        assertThat(peftConfig().get(option).getAsString()).isEqualTo(value);
        Map<String, Tensor> trained = tensors("out");
        String name = trained.keySet().stream()
                .filter(key -> key.endsWith(tensor))
                .findFirst()
                .orElseThrow();
        assertThat(folder.resolve("out/adapter.onnx_adapter"))
                .as("has no words for it")
                .doesNotExist();
        assertMergedAttachedAndVerified(onnx);

        String[] on = {target, line, "adapter_name_or_path: out", "output_dir: on", "learning_rate: 1e-12", "seed: 7"};
        assertThat(run("train", config(model, onnx, on))).as(messages()).isZero();
        assertThat(tensors("on").keySet()).isEqualTo(trained.keySet());
        assertThat(tensors("on").get(name).toDoubles())
                .as("training goes on from it")
                .usingComparatorWithPrecision(1e-9)
                .containsExactly(trained.get(name).toDoubles());
    }

    @Test
    void anEmbeddingIsATargetLikeOthersAndIsNotOneOfAllLinear() throws IOException {
        String onnx = Fixtures.path("llama/base/model_dynamo.onnx").toString();
        String[] lines = {"lora_target: embed_tokens,q_proj", "output_dir: out", "learning_rate: 3e-2"};
        assertThat(run("train", config("llama", onnx, lines))).as(messages()).isZero();

        assertThat(tensors("out")
                        .get("base_model.model.model.embed_tokens.lora_embedding_A")
                        .shape())
                .hasToString("[2, 24]");
        assertThat(tensors("out")
                        .get("base_model.model.model.embed_tokens.lora_embedding_B")
                        .shape())
                .hasToString("[16, 2]");
        assertThat(folder.resolve("out/adapter.onnx_adapter")).doesNotExist();
        assertMergedAttachedAndVerified(onnx);

        assertThat(run("train", config("llama", onnx, "lora_target: all", "output_dir: linear")))
                .as(messages())
                .isZero();
        assertThat(tensors("linear").keySet()).noneMatch(name -> name.contains("embed"));
    }

    @Test
    void patternsGiveEachModuleTheRankAndScalingThatTheyGiveItInPeft() throws IOException {
        String onnx = Fixtures.path("llama/base/model_dynamo.onnx").toString();
        String[] lines = {
            "lora_target: q_proj,k_proj,v_proj",
            "lora_rank: 4",
            "lora_alpha: 8",
            "rank_pattern: {layers.1.self_attn.q_proj: 2, k_proj: 3}",
            "alpha_pattern: {layers.0.self_attn.v_proj: 5, k_proj: 16}",
            "output_dir: out"
        };
        assertThat(run("train", config("llama", onnx, lines))).as(messages()).isZero();

        // fixtures/make/variants.py made this one with PEFT
        assertThat(ranksAndScalings(folder.resolve("out")))
                .isEqualTo(ranksAndScalings(Fixtures.path("llama/lora_patterns/adapter")));
        assertThat(peftConfig().get("r").getAsInt()).isEqualTo(4);
        assertThat(peftConfig().getAsJsonObject("rank_pattern").keySet()).hasSize(3);
        assertMergedAttachedAndVerified(onnx);

        assertThat(run("train", config("llama", onnx, "rank_pattern: {q_prj: 2}", "output_dir: misspelt")))
                .isEqualTo(2);
        assertThat(messages())
                .contains(
                        "rank_pattern: no module that gets an adapter matches 'q_prj'",
                        "Did you mean 'q_proj'?",
                        "train.yaml, line 8");
    }

    private static Map<String, List<Double>> ranksAndScalings(Path adapter) {
        return AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT).lowRankChanges().stream()
                .collect(Collectors.toMap(
                        LowRankChange::module, change -> List.of((double) change.rank(), change.scaling())));
    }

    private void assertMergedAttachedAndVerified(String onnx) {
        String trained = output("out");
        String merged = output("merged.onnx");
        String attached = output("attached.onnx");
        assertThat(run("merge", onnx, trained, "-o", merged)).as(messages()).isZero();
        assertThat(run("attach", onnx, trained, "-o", attached)).as(messages()).isZero();
        assertThat(run("verify", onnx, trained, "--merged", merged, "--attached", attached))
                .as(results() + messages())
                .isZero();
        assertThat(results()).contains("verified: it does what base and adapter say");
    }

    private String config(String model, String onnx, String... lines) throws IOException {
        Path data = folder.resolve("rows.safetensors");
        SafetensorsWriter.write(data, Map.of(), rows(model));
        return configuration(
                List.of(
                        "model_name_or_path: " + onnx,
                        "dataset: " + data,
                        "lora_rank: 2",
                        "lora_target: q_proj,v_proj",
                        "per_device_train_batch_size: 1",
                        "max_steps: 4",
                        "save_strategy: \"no\""),
                lines);
    }

    /** The fixture's inputs, with the labels that its gradients were computed for. */
    private static List<Tensor> rows(String model) {
        List<Tensor> rows = new ArrayList<>();
        Path variant = Fixtures.path(model + (model.equals("llama") ? "/lora_embed" : "/bias_all"));
        SafetensorsReader.read(variant.resolve("io.safetensors")).tensors().forEach((name, tensor) -> {
            if (name.startsWith("in.")) {
                rows.add(tensor.withName(name.substring(3)));
            }
        });
        rows.add(SafetensorsReader.read(variant.resolve("gradients.safetensors"))
                .tensors()
                .get("labels"));
        return rows;
    }

    private Map<String, Tensor> tensors(String adapter) {
        return SafetensorsReader.read(folder.resolve(adapter).resolve("adapter_model.safetensors"))
                .tensors();
    }

    private JsonObject peftConfig() throws IOException {
        return JsonParser.parseString(Files.readString(folder.resolve("out/adapter_config.json")))
                .getAsJsonObject();
    }
}
