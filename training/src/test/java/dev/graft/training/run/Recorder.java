package dev.graft.training.run;

import dev.graft.training.run.report.EvaluationReport;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.run.report.RunStart;
import dev.graft.training.run.report.StepReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told. */
final class Recorder implements RunListener {
    final List<RunStart> starts = new ArrayList<>();
    final List<StepReport> steps = new ArrayList<>();
    final List<StepReport> lines = new ArrayList<>();
    final List<EvaluationReport> evaluations = new ArrayList<>();
    final List<String> saved = new ArrayList<>();

    @Override
    public void started(RunStart start) {
        starts.add(start);
    }

    @Override
    public void stepped(StepReport report) {
        steps.add(report);
    }

    @Override
    public void logged(StepReport report) {
        lines.add(report);
    }

    @Override
    public void evaluated(EvaluationReport report) {
        evaluations.add(report);
    }

    @Override
    public void saved(Path checkpoint) {
        saved.add(String.valueOf(checkpoint.getFileName()));
    }
}
