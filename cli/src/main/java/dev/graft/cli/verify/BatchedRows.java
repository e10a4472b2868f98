package dev.graft.cli.verify;

import dev.graft.cli.io.AdaptedModel;
import dev.graft.cli.verify.Verification.Check;
import dev.graft.cli.verify.Verification.Outcome;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.session.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether every row of a batch follows its own slot. A graph in which the rows do not lie one behind the other would mix them, and a batch that has the same adapter in all
 * rows would not show it.
 */
final class BatchedRows {
    private static final String NAME = "rows, attached";

    /** Rows may touch each other a little in the base already, where it quantises a whole batch by its largest number. */
    private static final double TOUCH = 0.1;

    private final BatchedModel model;
    private final SlotAdapter adapter;

    private BatchedRows(BatchedModel model, SlotAdapter adapter) {
        this.model = model;
        this.adapter = adapter;
    }

    /** The check, for an artifact in style batched; empty for others. */
    static Optional<Check> check(AdaptedModel artifact, List<Map<String, HostTensor>> samples) {
        if (!(artifact instanceof AdaptedModel.InSlot slot)) {
            return Optional.empty();
        }
        BatchedRows rows = new BatchedRows(slot.model(), slot.adapter());
        Optional<Map<String, HostTensor>> batch =
                samples.stream().filter(sample -> slot.model().rows(sample) > 1).findFirst();
        return Optional.of(batch.map(rows::check)
                .orElse(new Check(NAME, Outcome.SKIPPED, "no sample has several rows; --inputs takes some that do")));
    }

    private Check check(Map<String, HostTensor> batch) {
        int count = model.rows(batch);
        List<@Nullable SlotAdapter> none = new ArrayList<>();
        List<@Nullable SlotAdapter> all = new ArrayList<>();
        List<@Nullable SlotAdapter> mixed = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            none.add(null);
            all.add(adapter);
            mixed.add(row % 2 == 0 ? adapter : null);
        }
        Map<String, HostTensor> plain = run(batch, none);
        Map<String, HostTensor> adapted = run(batch, all);
        Map<String, HostTensor> both = run(batch, mixed);
        for (int row = 0; row < count; row++) {
            Map<String, HostTensor> own = row % 2 == 0 ? adapted : plain;
            double off = distance(both, own, row, count);
            double effect = distance(adapted, plain, row, count);
            if (off > TOUCH * effect) {
                return new Check(
                        NAME,
                        Outcome.FAILED,
                        "row " + (row + 1) + " of " + count
                                + " does not follow its own slot: the graph mixes the rows of a batch");
            }
        }
        return new Check(NAME, Outcome.PASSED, "each of " + count + " rows follows its own slot");
    }

    private Map<String, HostTensor> run(Map<String, HostTensor> batch, List<@Nullable SlotAdapter> rows) {
        try {
            return model.run(batch, rows);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a slot", e);
        }
    }

    /** The largest difference in a row of the outputs that have rows. */
    private static double distance(Map<String, HostTensor> some, Map<String, HostTensor> others, int row, int rows) {
        double worst = 0;
        for (Map.Entry<String, HostTensor> entry : some.entrySet()) {
            HostTensor output = entry.getValue();
            if (output.dtype().isFloat()
                    && output.shape().rank() > 0
                    && output.shape().dim(0) == rows) {
                int width = output.elements() / rows;
                double[] left = output.toDoubles(row * width, width);
                double[] right = SampleRuns.output(others, entry.getKey()).toDoubles(row * width, width);
                for (int i = 0; i < width; i++) {
                    worst = Math.max(worst, Math.abs(left[i] - right[i]));
                }
            }
        }
        return worst;
    }
}
