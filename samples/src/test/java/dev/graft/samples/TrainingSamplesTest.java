package dev.graft.samples;

import static dev.graft.testkit.GraftAssertions.assertThatModel;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.cli.command.CommandRunner;
import dev.graft.cli.command.Terminal;
import dev.graft.cli.commands.Commands;
import dev.graft.testing.Fixtures;
import dev.graft.training.run.report.RunResult;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples that train, as their pages tell them. */
class TrainingSamplesTest {
    private final Path samples = Fixtures.repository().resolve("samples");

    @TempDir
    Path folder;

    @Test
    void theLanguageModelLearnsToSpeakAsPiratesDo() {
        Path trained = train("language-model");

        // the base has 6.3 on these texts, the adapter that PEFT trained 0.40
        assertThat(number(trained, "eval_loss")).isLessThan(0.7);
        assertMerges("language-model", trained);
    }

    @Test
    void theClassifierTellsTones() throws Exception {
        Path trained = train("text-classifier");

        assertThat(Files.readString(trained.resolve("trainer_log.jsonl"))).contains("eval_accuracy");
        assertThat(number(trained, "eval_loss")).isLessThan(0.3);
        assertMerges("text-classifier", trained);
    }

    @Test
    void theSensorModelIsAdaptedFromJava() {
        Path trained = folder.resolve("this-pump");

        RunResult result = TrainFromJava.train(samples.resolve("sensor-model"), trained);

        assertThat(result.evalLoss()).isPresent();
        assertThat(result.evalLoss().getAsDouble()).isLessThan(0.003);
        assertMerges("sensor-model", trained);
    }

    private Path train(String sample) {
        Path output = folder.resolve(sample);
        graft("train", samples.resolve(sample).resolve("train.yaml").toString(), "--set", "output_dir=" + output);
        return output;
    }

    private void assertMerges(String sample, Path trained) {
        Path base = samples.resolve(sample).resolve("base/model.onnx");
        Path merged = folder.resolve(sample + ".onnx");
        graft("merge", base.toString(), trained.toString(), "-o", merged.toString());
        assertThatModel(merged).isMergeOf(base, trained);
    }

    private static double number(Path trained, String key) {
        JsonValue value = JsonFiles.readObject(trained.resolve("train_results.json"))
                .members()
                .getOrDefault(key, JsonValue.ofNull());
        return ((JsonValue.JsonNumber) value).toDouble();
    }

    private static void graft(String... words) {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(messages, true, UTF_8);
        int exitCode = new CommandRunner(Commands.all(), () -> "", stream, stream, Terminal.NONE).run(List.of(words));
        assertThat(exitCode).as(messages.toString(UTF_8)).isZero();
    }
}
