package dev.graft.training.run;

import dev.graft.training.run.checkpoint.AdapterWriter;
import dev.graft.training.run.plan.AdamW;
import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.EvaluationPlan;
import dev.graft.training.run.plan.Metric;
import dev.graft.training.run.plan.OutputPlan;
import dev.graft.training.run.plan.RunLength;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.plan.Schedule;
import dev.graft.training.run.plan.Start;
import dev.graft.training.run.plan.Task;
import dev.graft.training.run.plan.UpdatePlan;
import dev.graft.training.run.plan.WarmUp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The run of the tests that resume: dropout, accumulation over an epoch's end, evaluations that decide over the result. */
final class Runs {
    static final int CLASSES = 3;
    static final int FEATURES = 5;
    static final int RANK = 2;
    static final Rows ROWS = Rows.ofSeed(1, 22, FEATURES, CLASSES, 2);
    static final Rows EVALUATION_ROWS = Rows.ofSeed(2, 9, FEATURES, CLASSES, 4);
    static final String ADAPTER = "adapter.bin";

    private Runs() {}

    static LinearEngine engine() {
        Random random = new Random(3);
        float[] weight = new float[CLASSES * FEATURES];
        float[] parameters = new float[RANK * FEATURES + CLASSES * RANK + CLASSES];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) random.nextGaussian() / 2;
        }
        return new LinearEngine(weight, parameters, CLASSES, RANK, 0.25);
    }

    /** 11 micro-batches in an epoch, 4 updates of 3, 3, 3 and 2; 4 epochs. */
    static UpdatePlan updates() {
        return new UpdatePlan(
                RunLength.ofEpochs(4),
                3,
                AdamW.ofLearningRate(0.05).withWeightDecay(0.01),
                new Schedule(Schedule.Kind.COSINE, WarmUp.ofSteps(2)),
                7);
    }

    static EvaluationPlan evaluation() {
        return new EvaluationPlan(Cadence.everySteps(3), Metric.LOSS, true, 0, 0);
    }

    static OutputPlan output(Path folder, Start start) {
        return new OutputPlan(folder, start, Cadence.everySteps(2), Cadence.everySteps(2), 2, false);
    }

    static RunPlan plan(OutputPlan output) {
        return new RunPlan(Task.CLASSIFICATION, updates(), evaluation(), output, Map.of("model", "linear"));
    }

    static TrainingData data() {
        return new TrainingData(ROWS, Optional.of(EVALUATION_ROWS));
    }

    static Trainer trainer(LinearEngine engine, Path folder, Start start) {
        return new Trainer(engine, plan(output(folder, start)), data(), adapter());
    }

    /** Writes the parameters' bits. */
    static AdapterWriter adapter() {
        return (folder, parameters) -> {
            ByteBuffer bytes = ByteBuffer.allocate(parameters.length * Float.BYTES);
            bytes.asFloatBuffer().put(parameters);
            try {
                Files.write(folder.resolve(ADAPTER), bytes.array());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
