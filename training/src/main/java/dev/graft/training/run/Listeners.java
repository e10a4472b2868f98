package dev.graft.training.run;

import dev.graft.training.run.report.EvaluationReport;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.run.report.RunStart;
import dev.graft.training.run.report.StepReport;
import java.nio.file.Path;
import java.util.List;

/** Several listeners as one. */
record Listeners(List<RunListener> all) implements RunListener {
    @Override
    public void started(RunStart start) {
        all.forEach(listener -> listener.started(start));
    }

    @Override
    public void stepped(StepReport report) {
        all.forEach(listener -> listener.stepped(report));
    }

    @Override
    public void logged(StepReport report) {
        all.forEach(listener -> listener.logged(report));
    }

    @Override
    public void evaluated(EvaluationReport report) {
        all.forEach(listener -> listener.evaluated(report));
    }

    @Override
    public void saving() {
        all.forEach(RunListener::saving);
    }

    @Override
    public void saved(Path checkpoint) {
        all.forEach(listener -> listener.saved(checkpoint));
    }

    @Override
    public void finished(RunResult result) {
        all.forEach(listener -> listener.finished(result));
    }
}
