package dev.graft.runtime.batching;

import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs rows that are all there already, in as few batches as their shapes and the slots allow. Which rows go together depends on the rows alone, never on time as in
 * {@link BatchingRuntime}. Does not own the model; safe for several threads.
 */
public final class RowRunner {
    private final BatchedModel model;
    private final RowFormat format;

    private RowRunner(BatchedModel model, RowFormat format) {
        this.model = model;
        this.format = format;
    }

    /** Pads rows of different lengths at the end where an attention mask hides the padding from the model. */
    public static RowRunner padding(BatchedModel model) {
        return new RowRunner(model, RowFormat.of(model, Map.of()));
    }

    /** Puts only rows of equal shapes together, for outputs that are of a row's last token. */
    public static RowRunner ofEqualShapes(BatchedModel model) {
        return new RowRunner(model, RowFormat.unpadded(model));
    }

    /**
     * Runs rows.
     *
     * @param rows the base's inputs, one row each
     * @param adapters which adapter each row uses, null for none
     * @return each row's outputs by name, without padding; those that are not by row are left out; they share memory
     *     with the other rows'
     * @throws GraftException {@code INPUTS_INVALID}, {@code RUNTIME_FAILED}
     * @throws InterruptedException if the thread is interrupted while it waits for slots
     */
    public List<Map<String, HostTensor>> run(
            List<Map<String, HostTensor>> rows, List<? extends @Nullable SlotAdapter> adapters)
            throws InterruptedException {
        List<Row> checked = rows.stream().map(format::row).toList();
        List<Map<String, HostTensor>> results = new ArrayList<>(Collections.nCopies(rows.size(), Map.of()));
        for (Group group : groups(checked, adapters)) {
            RowBatch batch = new RowBatch(format, group.rows);
            Map<String, HostTensor> outputs = model.run(batch.inputs(), group.adapters);
            List<Map<String, HostTensor>> parts = batch.views(model.outputs(), model.layout(), outputs);
            for (int i = 0; i < parts.size(); i++) {
                results.set(group.places.get(i), parts.get(i));
            }
        }
        return results;
    }

    private List<Group> groups(List<Row> rows, List<? extends @Nullable SlotAdapter> adapters) {
        List<Group> groups = new ArrayList<>();
        int slots = model.unpinnedSlots();
        for (int place = 0; place < rows.size(); place++) {
            Row row = rows.get(place);
            SlotAdapter adapter = adapters.get(place);
            Group group = groups.stream()
                    .filter(one -> one.takes(row, adapter, slots))
                    .findFirst()
                    .orElseGet(() -> {
                        Group fresh = new Group();
                        groups.add(fresh);
                        return fresh;
                    });
            group.add(place, row, adapter);
        }
        return groups;
    }

    /** Rows of one batch. */
    private static final class Group {
        private final List<Integer> places = new ArrayList<>();
        private final List<Row> rows = new ArrayList<>();
        private final List<@Nullable SlotAdapter> adapters = new ArrayList<>();
        private final Set<SlotAdapter> different = new HashSet<>();

        private boolean takes(Row row, @Nullable SlotAdapter adapter, int slots) {
            boolean placed = adapter == null || different.contains(adapter) || different.size() < slots;
            return placed && row.key().equals(rows.get(0).key());
        }

        private void add(int place, Row row, @Nullable SlotAdapter adapter) {
            places.add(place);
            rows.add(row);
            adapters.add(adapter);
            if (adapter != null) {
                different.add(adapter);
            }
        }
    }
}
