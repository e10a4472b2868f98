package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code graft train} on a model that holds an adapter already. */
class TrainedOnAttachedTest extends TypedCommands {
    @BeforeEach
    void makeFolder() throws IOException {
        Files.createDirectory(folder.resolve("model"));
    }

    @ParameterizedTest
    @CsvSource({
        "lora, --style constant",
        "full, --style constant",
        "lora, --style input",
        "full, --style input --names genai",
        "lora, --style batched --slots 2",
        "lora, --style input --names genai --targets q_proj"
    })
    void aModelWithBranchesIsRefusedInFavourOfItsBase(String type, String how) throws IOException {
        List<String> attach = new ArrayList<>(List.of("attach", base));
        if (!how.contains("--targets")) {
            attach.add(adapter);
        }
        attach.addAll(List.of(how.split(" ")));
        attach.addAll(List.of("-o", output("model/model.onnx")));
        assertThat(run(attach.toArray(String[]::new))).as(messages()).isZero();

        assertThat(run("train", config(folder.resolve("model/model.onnx"), "out"), "--set", "finetuning_type=" + type))
                .isEqualTo(3);

        assertThat(messages())
                .contains("q_proj has an adapter's branch already", "model.onnx")
                .contains("Train on the base that it was attached to")
                .contains("adapter_name_or_path");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void soIsOneThatTheBuilderGaveBranches() throws IOException {
        Path model = Shared.path("models/stories260K/genai_fp32_lora/model.onnx");

        assertThat(run("train", config(model, "out"))).isEqualTo(3);

        assertThat(messages()).contains("q_proj has an adapter's branch already");
    }

    /** As the message says: another adapter on top of the first. */
    @Test
    void aMergedModelIsABaseLikeAnyOther() throws IOException {
        String merged = output("model/model.onnx");
        assertThat(run("merge", base, adapter, "-o", merged)).as(messages()).isZero();

        assertThat(run("train", config(folder.resolve("model/model.onnx"), "out")))
                .as(messages())
                .isZero();
        assertThat(run("merge", merged, output("out"), "-o", output("both.onnx")))
                .as(messages())
                .isZero();
        assertThat(run("verify", merged, output("out"), "--merged", output("both.onnx")))
                .as(results())
                .isZero();
    }

    private String config(Path model, String output) throws IOException {
        Path file = folder.resolve("train.yaml");
        Files.writeString(file, """
                model_name_or_path: %s
                tokenizer: %s
                dataset: %s
                output_dir: %s
                lora_rank: 2
                max_samples: 4
                max_steps: 1
                per_device_train_batch_size: 2
                """.formatted(
                        model, sample.resolve("base/tokenizer.json"), sample.resolve("train.jsonl"), output));
        return file.toString();
    }
}
