package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code graft train --resume} on files that are, or are no longer, those that the run began with. */
class ResumedFilesTest extends TypedCommands {
    private Path here;

    @BeforeEach
    void trainTwoSteps() throws IOException {
        here = Files.createDirectory(folder.resolve("here"));
        for (String file : new String[] {"base/model.onnx", "base/tokenizer.json", "train.jsonl", "eval.jsonl"}) {
            Path source = sample.resolve(file);
            Files.copy(source, here.resolve(source.getFileName()));
        }
        Files.writeString(here.resolve("train.yaml"), """
                model_name_or_path: model.onnx
                dataset: train.jsonl
                eval_dataset: eval.jsonl
                output_dir: out
                lora_rank: 2
                lora_target: q_proj
                per_device_train_batch_size: 2
                max_samples: 6
                max_steps: 2
                save_steps: 1
                """);
        assertThat(run("train", here.resolve("train.yaml").toString()))
                .as(messages())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"train.jsonl", "eval.jsonl", "tokenizer.json", "model.onnx"})
    void aFileThatHasChangedIsNamed(String file) throws IOException {
        if (file.equals("model.onnx")) {
            changeAWeight();
        } else {
            Files.writeString(here.resolve(file), "\n", StandardOpenOption.APPEND);
        }

        assertThat(run("train", here.resolve("train.yaml").toString(), "--resume"))
                .isEqualTo(3);
        assertThat(messages())
                .containsPattern("the checkpoint was made with another \\Q" + file
                        + "\\E \\(sha256 [0-9a-f]{64}, now sha256 [0-9a-f]{64}\\)\n")
                .contains("Resume with the settings and files that the run began with", "checkpoint-2");
    }

    @Test
    void aFolderMayBeMovedWithAllThatIsInIt() throws IOException {
        Path there = Files.move(here, folder.resolve("there"));

        assertThat(run("train", there.resolve("train.yaml").toString(), "--resume"))
                .as(messages())
                .isZero();
    }

    private void changeAWeight() throws IOException {
        Path model = here.resolve("model.onnx");
        ModelIndex index = ModelScanner.scan(model);
        ByteRegion data = index.graph().initializers().values().stream()
                .flatMap(tensor -> tensor.runs().stream())
                .filter(run -> run.length() > 4096 && run.file().equals(index.file()))
                .findFirst()
                .orElseThrow();
        try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
            file.seek(data.offset() + 1);
            int before = file.read();
            file.seek(data.offset() + 1);
            file.write(before ^ 1);
        }
    }
}
