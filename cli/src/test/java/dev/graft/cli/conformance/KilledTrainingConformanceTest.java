package dev.graft.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of {@code graft train} that are ended while they train, and go on to the bytes of one that was not. */
@Tag("conformance")
class KilledTrainingConformanceTest {
    private static final int KILLS = 10;

    @TempDir
    Path folder;

    private byte[] undisturbed = new byte[0];
    private double seconds;

    @BeforeEach
    void trainUndisturbed() throws Exception {
        Path sample = Fixtures.repository().resolve("samples/language-model");
        Files.writeString(folder.resolve("train.yaml"), """
                model_name_or_path: %s
                dataset: %s
                output_dir: out
                lora_rank: 2
                lora_dropout: 0.1
                per_device_train_batch_size: 4
                gradient_accumulation_steps: 2
                max_samples: 50
                max_steps: 40
                save_steps: 2
                save_total_limit: 2
                """.formatted(
                        sample.resolve("base/model.onnx"), sample.resolve("train.jsonl")));
        seconds = finish();
        undisturbed = Files.readAllBytes(adapter());
        clear();
    }

    @Test
    void afterKillsAtRandomMomentsTheBytesAreTheSame() throws Exception {
        Random random = new Random(4);
        int kills = 0;
        while (kills < KILLS) {
            Process process = GraftProcess.start("train", config(), "--resume");
            double part = 0.2 + 0.6 * random.nextDouble();
            if (process.waitFor((long) (part * seconds * 1000), TimeUnit.MILLISECONDS)) {
                // it was done before its time: the next one begins anew
                assertThat(process.exitValue()).isZero();
                assertThat(Files.readAllBytes(adapter())).isEqualTo(undisturbed);
                clear();
            } else {
                process.destroyForcibly().waitFor();
                kills++;
            }
        }
        finish();
        assertThat(Files.readAllBytes(adapter())).isEqualTo(undisturbed);
    }

    @Test
    void afterAFriendlySignalItGoesOnFromWhereItWas() throws Exception {
        Process process =
                GraftProcess.start("train", config(), "--set", "save_strategy=steps", "--set", "save_steps=1000");
        Path log = folder.resolve("out/trainer_log.jsonl");
        while (process.isAlive() && (!Files.exists(log) || Files.size(log) == 0)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        process.destroy();
        process.waitFor();
        assertThat(adapter()).doesNotExist();
        assertThat(checkpoints())
                .as("the one that it saved when it was asked to stop")
                .hasSize(1);

        finish();
        assertThat(Files.readAllBytes(adapter())).isEqualTo(undisturbed);
    }

    /** How many seconds it took. */
    private double finish() throws Exception {
        GraftProcess run = GraftProcess.run(List.of(), "train", config(), "--resume");
        assertThat(run.exitCode()).as(run.messages()).isZero();
        return run.seconds();
    }

    private String config() {
        return folder.resolve("train.yaml").toString();
    }

    private Path adapter() {
        return folder.resolve("out/adapter_model.safetensors");
    }

    private List<Path> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("checkpoint-"))
                    .toList();
        }
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
