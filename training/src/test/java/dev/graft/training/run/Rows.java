package dev.graft.training.run;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.step.Batch;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Rows of numbers with a class each, the same order in every epoch. */
record Rows(float[] x, long[] labels, int features, int batchSize) implements MicroBatches {
    /** Made up. */
    static Rows ofSeed(long seed, int rows, int features, int classes, int batchSize) {
        Random random = new Random(seed);
        float[] x = new float[rows * features];
        long[] labels = new long[rows];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        for (int row = 0; row < rows; row++) {
            labels[row] = x[row * features] > 0.5 ? 1 : x[row * features + 1] > 0.3 ? classes - 1 : 0;
        }
        return new Rows(x, labels, features, batchSize);
    }

    @Override
    public int perEpoch() {
        return (labels.length + batchSize - 1) / batchSize;
    }

    @Override
    public Batch batch(int epoch, int index) {
        int begin = index * batchSize;
        int end = Math.min(labels.length, begin + batchSize);
        long[] wanted = Arrays.copyOfRange(labels, begin, end);
        long counted =
                Arrays.stream(wanted).filter(label -> label != Batch.IGNORED).count();
        return new Batch(
                Map.of(
                        "x",
                        HostTensor.ofFloats(
                                Shape.of(end - begin, features),
                                Arrays.copyOfRange(x, begin * features, end * features))),
                Optional.of(HostTensor.ofLongs(Shape.of(end - begin), wanted)),
                counted,
                end - begin);
    }
}
