package dev.graft.cli.commands;

import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two updates on a model of stories260K, with a low-rank pair beside every linear layer. */
abstract class StoriesTraining extends TypedCommands {
    static String tokenizer() {
        return Shared.path("models/stories260K/genai_fp32/tokenizer.json").toString();
    }

    String config(String model, String output) throws IOException {
        Path file = folder.resolve("train.yaml");
        Files.writeString(file, """
                model_name_or_path: %s
                dataset: %s
                output_dir: %s
                lora_rank: 8
                lora_target: all
                max_samples: 8
                max_steps: 2
                learning_rate: 1e-2
                cutoff_len: 64
                per_device_train_batch_size: 2
                """.formatted(
                        Shared.path("models/stories260K/" + model + "/model.onnx"),
                        Shared.path("datasets/e2e/train.jsonl"),
                        output));
        return file.toString();
    }
}
