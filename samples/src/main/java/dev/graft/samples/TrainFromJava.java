package dev.graft.samples;

import dev.graft.runtime.session.Device;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.job.TrainingJob;
import dev.graft.training.run.report.EvaluationReport;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.run.report.RunResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Trains an adapter from inside a program: {@code samples/sensor-model}, whose data are tensors.
 *
 * <p>Needs graft-training and ONNX Runtime, and nothing of the command line. Text needs a tokenizer besides, where this gives none.
 */
public final class TrainFromJava {
    private TrainFromJava() {}

    /**
     * Trains as {@code train.yaml} in the sample's folder says, with other values for a few keys.
     *
     * @param sample the folder {@code samples/sensor-model}
     * @param output the folder of the adapter
     * @return what came of it; {@code evalLoss} is the mean squared error on held-out measurements
     */
    public static RunResult train(Path sample, Path output) {
        TrainingConfig config = TrainingConfig.read(
                sample.resolve("train.yaml"),
                List.of("output_dir=" + output.toAbsolutePath(), "overwrite_output_dir=true", "eval_strategy=epoch"));
        try (TrainingJob job = TrainingJob.open(config, Optional.empty(), Device.cpu())) {
            System.out.println(
                    job.trainableValues() + " values, " + job.data().training().rows() + " rows");
            return job.run(List.of(new Epochs()), () -> false);
        }
    }

    /** Prints a line an epoch. */
    private static final class Epochs implements RunListener {
        @Override
        public void evaluated(EvaluationReport report) {
            System.out.printf(
                    "step %d of %d: mean squared error %.5f%n",
                    report.step(), report.totalSteps(), report.result().loss());
        }
    }

    /** {@code TrainFromJava samples/sensor-model this-pump}. */
    public static void main(String[] words) {
        RunResult result = train(Path.of(words[0]), Path.of(words[1]));
        System.out.printf("%d steps in %.1f s%n", result.steps(), result.trainSeconds());
    }
}
