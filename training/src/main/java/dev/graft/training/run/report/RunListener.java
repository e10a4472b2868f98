package dev.graft.training.run.report;

import java.nio.file.Path;

/** Is told what a run does, on the thread that it runs on. */
public interface RunListener {
    /** It begins, or goes on. */
    default void started(RunStart start) {}

    /** An update was done; the loss is that update's. */
    default void stepped(StepReport report) {}

    /** It is time for a log line; the loss is that of all updates since the last one. */
    default void logged(StepReport report) {}

    /** An evaluation was done. */
    default void evaluated(EvaluationReport report) {}

    /** A checkpoint is about to be saved; what has been told so far should be on disk before. */
    default void saving() {}

    /** A checkpoint was saved. */
    default void saved(Path checkpoint) {}

    /** It is over, without an error. */
    default void finished(RunResult result) {}
}
