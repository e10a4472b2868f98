package dev.graft.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A signal to {@code graft train} while there is nothing yet to save. */
@Tag("conformance")
class StoppedBeforeTrainingTest {
    /** As many as take much longer to read than a signal to arrive. */
    private static final int ROWS = 300_000;

    private static final int ENDED_BY_SIGTERM = 143;

    @TempDir
    Path folder;

    @BeforeEach
    void writeConfiguration() throws IOException {
        Path sample = Fixtures.repository().resolve("samples/language-model");
        String rows = Files.readString(sample.resolve("train.jsonl"));
        int times = ROWS / (int) rows.lines().count() + 1;
        Files.writeString(folder.resolve("rows.jsonl"), rows.repeat(times));
        Files.writeString(folder.resolve("train.yaml"), """
                model_name_or_path: %s
                dataset: rows.jsonl
                output_dir: out
                """.formatted(sample.resolve("base/model.onnx")));
    }

    @Test
    void theCommandSaysThatNothingWasWritten() throws Exception {
        assertThat(stopped()).isEqualTo("stopped before the first step: nothing was written\n");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void withJsonTheDocumentHasTheKeysOfARunThatWasStoppedLater() throws Exception {
        JsonObject document = JsonParser.parseString(stopped("--json")).getAsJsonObject();

        assertThat(document.get("stopped").getAsString()).isEqualTo("interrupted");
        assertThat(document.get("steps").getAsLong()).isZero();
        assertThat(folder.resolve("out")).doesNotExist();
    }

    /** What it said on stdout. */
    private String stopped(String... options) throws Exception {
        Path results = folder.resolve("results");
        Path messages = folder.resolve("messages");
        String[] words = new String[options.length + 2];
        words[0] = "train";
        words[1] = folder.resolve("train.yaml").toString();
        System.arraycopy(options, 0, words, 2, options.length);
        Process process = GraftProcess.start(results, messages, words);
        while (process.isAlive() && !Files.readString(messages).contains("building the training graph")) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        process.destroy();
        assertThat(process.waitFor()).as(Files.readString(messages)).isEqualTo(ENDED_BY_SIGTERM);
        return Files.readString(results);
    }
}
