package dev.graft.cli.train;

import dev.graft.cli.command.Console;
import dev.graft.cli.text.Numbers;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.run.report.EvaluationReport;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.run.report.RunStart;
import dev.graft.training.run.report.StepReport;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells how a run goes: a line that is written anew at each update on a terminal, a line now and then elsewhere. */
public final class TrainingLines implements RunListener {
    private final Console console;
    private final String pace;
    private final boolean resumes;
    private @Nullable String resumedFrom;

    /** Lines of the run that a configuration asks for, on a console. */
    public TrainingLines(TrainingConfig config, Console console) {
        this.console = console;
        this.pace = PaceUnit.of(config);
        this.resumes = config.output().resume();
    }

    /** The name of the checkpoint that the run went on from, if it did. */
    public Optional<String> resumedFrom() {
        return Optional.ofNullable(resumedFrom);
    }

    @Override
    public void started(RunStart start) {
        resumedFrom = start.resumedFrom()
                .map(folder -> String.valueOf(folder.getFileName()))
                .orElse(null);
        if (resumedFrom != null) {
            console.note("going on from " + resumedFrom);
        } else if (resumes) {
            console.note("no checkpoint to go on from: training begins");
        }
        console.note(Numbers.plural(start.totalSteps(), "step") + ", " + start.stepsPerEpoch() + " an epoch");
    }

    @Override
    public void stepped(StepReport report) {
        console.status(line(report));
    }

    @Override
    public void logged(StepReport report) {
        console.note(line(report));
    }

    @Override
    public void evaluated(EvaluationReport report) {
        String values = report.result().named().entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, "%s %.4f", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("  "));
        console.note(String.format(
                Locale.ROOT,
                "step %d/%d  %s%s",
                report.step(),
                report.totalSteps(),
                values,
                report.best() ? "  (best)" : ""));
    }

    @Override
    public void saved(Path checkpoint) {
        console.note("saved " + checkpoint.getFileName());
    }

    @Override
    public void finished(RunResult result) {
        console.status("");
    }

    private String line(StepReport report) {
        String memory = report.peakMemoryMb().isPresent()
                ? String.format(Locale.ROOT, "  %.0f MiB", report.peakMemoryMb().getAsDouble())
                : "";
        return String.format(
                Locale.ROOT,
                "step %d/%d  loss %.4f  lr %.2e  %.0f %s%s  %s left",
                report.step(),
                report.totalSteps(),
                report.loss(),
                report.learningRate(),
                report.tokensPerSecond(),
                pace,
                memory,
                Numbers.seconds(report.clock().remainingSeconds()));
    }
}
