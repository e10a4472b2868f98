package dev.graft.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.training.config.TrainingConfig;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.run.report.RunResult.Stopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingReportTest {
    private static final Pattern ADDRESS_THAT_LOADS = Pattern.compile("(?i)(src|href)\\s*=|url\\(|@import");

    @TempDir
    Path folder;

    @Test
    void figuresHaveTheirUnits() throws IOException {
        assertThat(page("causal_lm", "rows.jsonl"))
                .contains(
                        "<td>completed</td>",
                        "<td>tokens/s</td><td>4139</td>",
                        "<td>18.1 s</td>",
                        "<td>344 MiB</td>",
                        "Cross-entropy in nats, mean over the tokens")
                .doesNotContain("{{");
    }

    @ParameterizedTest
    @CsvSource({
        "causal_lm, rows.jsonl, tokens/s, the tokens that are learnt",
        "classification, rows.csv, tokens/s, 'Cross-entropy in nats, mean over the rows'",
        "regression, rows.npz, rows/s, Mean squared difference",
        "output:a<b, rows.safetensors, rows/s, 'The graph''s own loss <code>a&lt;b</code>'"
    })
    void paceAndLossAreWhatTheDataAre(String loss, String dataset, String pace, String sentence) throws IOException {
        assertThat(page(loss, dataset))
                .contains("<td>" + pace + "</td>", sentence)
                .doesNotContain("a<b");
    }

    @Test
    void classesAndWarningsAreTold() throws IOException {
        assertThat(page("classification", "rows.csv"))
                .contains("<td>classes</td><td>0 = a&lt;b, 1 = c</td>", "<td>warning</td><td>d&lt;e</td>");
    }

    @Test
    void namesInSettingsCannotBecomeMarkupOrPlaces() throws IOException {
        assertThat(page("causal_lm", "</script><img src=x>{{title}}.jsonl"))
                .contains("&lt;/script&gt;&lt;img src=x&gt;{{title}}.jsonl")
                .doesNotContain("<img");
    }

    @Test
    void nothingIsLoadedFromElsewhere() throws IOException {
        assertThat(page("causal_lm", "rows.jsonl"))
                .contains("default-src 'none'", "<title>Training · Graft</title>", "training report</header>")
                .doesNotContainPattern(ADDRESS_THAT_LOADS);
    }

    private String page(String loss, String dataset) throws IOException {
        Path file = folder.resolve("train.yaml");
        Files.writeString(file, """
                model_name_or_path: model.onnx
                dataset: "%s"
                loss: "%s"
                output_dir: out
                """.formatted(dataset, loss));
        TrainingConfig config = TrainingConfig.read(file, List.of());
        Files.createDirectories(config.output().folder());
        new TrainingReport(config, "0 = a<b, 1 = c", List.of("d<e"))
                .finished(new RunResult(
                        Stopped.COMPLETED,
                        100,
                        18.1,
                        4139,
                        1.5745,
                        OptionalDouble.of(0.552),
                        OptionalLong.empty(),
                        OptionalDouble.of(344)));
        return Files.readString(config.output().folder().resolve(TrainingReport.FILE_NAME));
    }
}
