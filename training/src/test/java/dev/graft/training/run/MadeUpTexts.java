package dev.graft.training.run;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.step.Batch;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Made-up texts, of a length of its own in each micro-batch. */
record MadeUpTexts(int perEpoch) implements MicroBatches {
    @Override
    public Batch batch(int epoch, int index) {
        SplittableRandom random = new SplittableRandom(epoch * 100L + index);
        Shape shape = Shape.of(2, random.nextInt(4, 10));
        int count = (int) shape.elements();
        long[] mask = new long[count];
        Arrays.fill(mask, 1);
        return new Batch(
                Map.of(
                        "input_ids",
                        HostTensor.ofLongs(shape, random.longs(count, 0, 20).toArray()),
                        "attention_mask",
                        HostTensor.ofLongs(shape, mask)),
                Optional.of(HostTensor.ofLongs(shape, random.longs(count, 0, 20).toArray())),
                count,
                count);
    }
}
