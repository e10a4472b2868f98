package dev.graft.training.run.report;

import dev.graft.training.run.tensorboard.EventFile;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** Event files for TensorBoard in the folder {@value #FOLDER}, with the tags of transformers. */
public final class TensorBoardLog implements RunListener, AutoCloseable {
    /** The folder in the run's folder. */
    public static final String FOLDER = "runs";

    private final EventFile events;

    /**
     * Begins an event file.
     *
     * @param firstStep the step that a resumed run logs first; 0 for a new run
     */
    public TensorBoardLog(Path runFolder, long firstStep, InstantSource clock) {
        this.events = EventFile.create(runFolder.resolve(FOLDER), firstStep, clock);
    }

    @Override
    public void logged(StepReport report) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("train/loss", report.loss());
        values.put("train/learning_rate", report.learningRate());
        if (Double.isFinite(report.gradientNorm())) {
            values.put("train/grad_norm", report.gradientNorm());
        }
        values.put("train/epoch", report.epoch());
        values.put("train/tokens_per_second", report.tokensPerSecond());
        events.scalars(report.step(), values);
    }

    @Override
    public void evaluated(EvaluationReport report) {
        Map<String, Double> values = new LinkedHashMap<>();
        report.result().named().forEach((name, value) -> values.put(name.replaceFirst("^eval_", "eval/"), value));
        events.scalars(report.step(), values);
    }

    @Override
    public void close() {
        events.close();
    }
}
