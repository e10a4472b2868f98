package dev.graft.training.run;

import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.step.Batch;
import java.util.ArrayList;
import java.util.List;

/** The micro-batches of one update. */
record UpdateBatches(List<Batch> batches) {
    UpdateBatches {
        batches = List.copyOf(batches);
    }

    static UpdateBatches of(MicroBatches data, RunGeometry geometry, long update) {
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < geometry.size(update); i++) {
            batches.add(data.batch(geometry.epoch(update), geometry.firstIndex(update) + i));
        }
        return new UpdateBatches(batches);
    }

    /** What makes a mean over the labels out of the sum; 0 where no label counts, for then there is nothing to learn. */
    float weight() {
        long counted = batches.stream().mapToLong(Batch::counted).sum();
        return counted == 0 ? 0 : (float) (1.0 / counted);
    }

    int size() {
        return batches.size();
    }
}
