package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.testing.Fixtures;
import dev.graft.training.config.TrainingConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullTrainingTest {
    @TempDir
    Path folder;

    @Test
    void aModelThatIsTooLargeForOneFileIsRefusedBeforeItIsTrained() throws IOException {
        Path data = copy("model_external.onnx.data");
        TrainingConfig config = config(copy("model_external.onnx"));
        assertThatCode(() -> FullTraining.require(config)).doesNotThrowAnyException();

        // a hole, which takes no space
        try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
            file.setLength(3L << 30);
        }

        GraftException error = catchThrowableOfType(GraftException.class, () -> FullTraining.require(config));
        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_CONFIG_INVALID);
        assertThat(error)
                .hasMessage("finetuning_type: the model has 3221268112 bytes, and the single file that it would be"
                        + " written to takes 2147483647");
        assertThat(error.remedy()).startsWith("finetuning_type: lora");
    }

    private Path copy(String name) throws IOException {
        return Files.copy(Fixtures.path("llama/base/" + name), folder.resolve(name));
    }

    private TrainingConfig config(Path model) throws IOException {
        Path file = Files.writeString(
                folder.resolve("train.yaml"),
                "model_name_or_path: " + model.getFileName()
                        + "\ndataset: train.jsonl\noutput_dir: out\nfinetuning_type: full\n");
        return TrainingConfig.read(file, List.of());
    }
}
