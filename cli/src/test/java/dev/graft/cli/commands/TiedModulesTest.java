package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training where embedding and head are one stored tensor: an adapter has a weight of each module, or of one of them. */
class TiedModulesTest extends StoriesTraining {
    @ParameterizedTest
    @CsvSource({
        "q_proj, lm_head, genai_fp32/model.onnx",
        "q_proj, embed_tokens, genai_fp32/model.onnx",
        "q_proj, 'lm_head,embed_tokens', genai_fp32/model.onnx",
        "q_proj, lm_head, onnx/stories260K_dynamo.onnx",
        "q_proj, embed_tokens, onnx/stories260K_dynamo.onnx",
        "embed_tokens, lm_head, genai_fp32/model.onnx",
        "'embed_tokens,q_proj', norm, genai_fp32/model.onnx",
        "'embed_tokens,lm_head', norm, genai_fp32/model.onnx"
    })
    void whatIsTrainedOfTiedModulesIsWhatTheAdapterSays(String pairs, String whole, String model) throws IOException {
        String base = Shared.path("models/stories260K/" + model).toString();
        assertThat(run(
                        "train",
                        config("genai_fp32", "out"),
                        "--json",
                        "--set",
                        "model_name_or_path=" + base,
                        "--set",
                        "tokenizer=" + tokenizer(),
                        "--set",
                        "lora_target=" + pairs,
                        "--set",
                        "additional_target=" + whole,
                        "--set",
                        "eval_dataset=" + Shared.path("datasets/e2e/train.jsonl")))
                .as(messages())
                .isZero();
        double trained = json().get("eval_loss").getAsDouble();

        assertThat(run("merge", base, output("out"), "--unshare", "-o", output("merged.onnx")))
                .as(messages())
                .isZero();
        double before = lossOf(base);
        assertThat(lossOf(output("merged.onnx"))).isCloseTo(trained, within(1e-5));
        assertThat(Math.abs(before - trained)).as("it has learnt").isGreaterThan(1e-3);
    }

    /** The losses are those of PEFT 0.21 and torch's AdamW on the checkpoint, with the same seed, rows, rates and clipping at norm 1. */
    @ParameterizedTest
    @CsvSource({
        "'q_proj,v_proj,down_proj', lm_head, 1.7478 2.9653 2.0936 2.3148",
        "'q_proj,v_proj,down_proj', embed_tokens, 1.7478 2.9849 2.0956 2.3091",
        "'q_proj,v_proj,down_proj', 'lm_head,embed_tokens', 1.7478 2.9621 2.0861 2.2973",
        "'embed_tokens,q_proj', '', 1.7478 3.0172 2.1202 2.3793"
    })
    void tiedModulesAreTrainedAsByPeft(String pairs, String whole, String losses) throws IOException {
        String text = Files.readString(Shared.path("models/stories260K/tinystories_sample.txt"));
        Path rows = folder.resolve("text.jsonl");
        Files.write(
                rows,
                text.lines()
                        .filter(line -> !line.isBlank())
                        .limit(16)
                        .map(TiedModulesTest::row)
                        .toList());
        Path config = Path.of(config("genai_fp32", "out"));
        Files.writeString(
                config,
                """
                model_name_or_path: %s
                dataset: %s
                output_dir: out
                lora_rank: 4
                lora_alpha: 8
                lora_target: %s
                max_steps: 4
                learning_rate: 3e-3
                cutoff_len: 64
                per_device_train_batch_size: 4
                seed: 42
                disable_shuffling: true
                logging_steps: 1
                """.formatted(Shared.path("models/stories260K/genai_fp32/model.onnx"), rows, pairs)
                        + (whole.isEmpty() ? "" : "additional_target: " + whole + "\n"));

        assertThat(run("train", config.toString())).as(messages()).isZero();
        assertThat(Files.readAllLines(folder.resolve("out/trainer_log.jsonl")).stream()
                        .map(line -> JsonParser.parseString(line).getAsJsonObject())
                        .filter(line -> line.has("loss"))
                        .mapToDouble(line -> line.get("loss").getAsDouble())
                        .toArray())
                .usingComparatorWithPrecision(2e-4)
                .containsExactly(Arrays.stream(losses.split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray());
    }

    private static String row(String text) {
        JsonObject row = new JsonObject();
        row.addProperty("text", text);
        return row.toString();
    }

    /** What a model makes of the data: a new adapter adds nothing. */
    private double lossOf(String model) throws IOException {
        assertThat(run(
                        "train",
                        config("genai_fp32", "measured"),
                        "--json",
                        "--set",
                        "model_name_or_path=" + model,
                        "--set",
                        "tokenizer=" + tokenizer(),
                        "--set",
                        "learning_rate=1e-30",
                        "--set",
                        "overwrite_output_dir=true",
                        "--set",
                        "eval_dataset=" + Shared.path("datasets/e2e/train.jsonl")))
                .as(messages())
                .isZero();
        return json().get("eval_loss").getAsDouble();
    }
}
