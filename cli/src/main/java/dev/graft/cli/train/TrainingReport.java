package dev.graft.cli.train;

import dev.graft.adapter.format.json.PythonJson;
import dev.graft.cli.command.Json;
import dev.graft.cli.report.Html;
import dev.graft.cli.report.PageTemplate;
import dev.graft.cli.text.Numbers;
import dev.graft.io.OutputTransaction;
import dev.graft.training.config.Loss;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.run.report.EvaluationReport;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.run.report.StepReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects the course of a run and writes it as one self-contained page beside the adapter. */
public final class TrainingReport implements RunListener {
    /** The page's name. */
    public static final String FILE_NAME = "report.html";

    private final TrainingConfig config;
    private final String classes;
    private final List<String> warnings;
    private final List<Point> losses = new ArrayList<>();
    private final List<Point> rates = new ArrayList<>();
    private final List<Point> evaluations = new ArrayList<>();

    /**
     * A report of the run that a configuration asks for.
     *
     * @param classes their names and numbers; empty where there are no names
     * @param warnings what its reader should know of the data, in sentences
     */
    public TrainingReport(TrainingConfig config, String classes, List<String> warnings) {
        this.config = config;
        this.classes = classes;
        this.warnings = List.copyOf(warnings);
    }

    /** A value at a step. */
    record Point(long step, double value) {}

    /** The plots' numbers. */
    record Data(List<Point> losses, List<Point> rates, List<Point> evaluations) {}

    @Override
    public void logged(StepReport report) {
        losses.add(new Point(report.step(), report.loss()));
        rates.add(new Point(report.step(), report.learningRate()));
    }

    @Override
    public void evaluated(EvaluationReport report) {
        evaluations.add(new Point(report.step(), report.result().loss()));
    }

    @Override
    public void finished(RunResult result) {
        Path page = config.output().folder().resolve(FILE_NAME);
        try (OutputTransaction transaction = OutputTransaction.open(page, true)) {
            Files.writeString(transaction.stage(page), page(result), StandardCharsets.UTF_8);
            transaction.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String page(RunResult result) {
        Map<String, String> parts =
                Map.of("summary", summary(result), "loss", loss(config.loss()), "settings", settings());
        return PageTemplate.page("training", "Training", parts, Json.write(new Data(losses, rates, evaluations)));
    }

    private String summary(RunResult result) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "ended",
                Html.escape(result.stopped().name().toLowerCase(Locale.ROOT).replace('_', ' '))));
        rows.add(List.of("steps", Long.toString(result.steps())));
        rows.add(List.of("time", Numbers.seconds(result.trainSeconds())));
        rows.add(List.of(PaceUnit.of(config), String.format(Locale.ROOT, "%.0f", result.tokensPerSecond())));
        rows.add(List.of("training loss", String.format(Locale.ROOT, "%.4f", result.trainLoss())));
        result.evalLoss()
                .ifPresent(loss -> rows.add(List.of("evaluation loss", String.format(Locale.ROOT, "%.4f", loss))));
        result.bestStep().ifPresent(step -> rows.add(List.of("best evaluation", "step " + step)));
        result.peakMemoryMb()
                .ifPresent(memory -> rows.add(List.of("peak memory", String.format(Locale.ROOT, "%.0f MiB", memory))));
        if (!classes.isEmpty()) {
            rows.add(List.of("classes", Html.escape(classes)));
        }
        warnings.forEach(warning -> rows.add(List.of("warning", Html.escape(warning))));
        return Html.table(List.of("", ""), rows);
    }

    private static String loss(Loss loss) {
        return switch (loss.kind()) {
            case CAUSAL_LM -> "Cross-entropy in nats, mean over the tokens that are learnt, since the last point.";
            case CLASSIFICATION -> "Cross-entropy in nats, mean over the rows since the last point.";
            case REGRESSION -> "Mean squared difference, over the rows since the last point.";
            case OUTPUT ->
                "The graph's own loss " + Html.code(loss.output().orElseThrow()) + ", mean since the last point.";
        };
    }

    private String settings() {
        List<List<String>> rows = new ArrayList<>();
        config.effective()
                .forEach((key, value) -> rows.add(List.of(
                        Html.code(key), Html.code(PythonJson.write(value).strip()))));
        return Html.table(List.of("key", "value"), rows);
    }
}
