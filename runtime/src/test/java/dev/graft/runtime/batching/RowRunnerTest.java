package dev.graft.runtime.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are all there go through few batches and come back in their order. */
class RowRunnerTest {
    @TempDir
    Path folder;

    @Test
    void rowsOfDifferentLengthsAndAdaptersComeBackInTheirOrder() throws Exception {
        try (BatchedModel model = open(2)) {
            checkThreeAdapters(RowRunner.padding(model), model);
            checkThreeAdapters(RowRunner.ofEqualShapes(model), model);
        }
    }

    @Test
    void whatIsPinnedLeavesFewerSlotsAndTheRowsStillRun() throws Exception {
        try (BatchedModel model = open(2)) {
            SlotAdapter kept = model.prepare("kept", TinyBatched.factors(1, 5));
            model.pin(kept, true);
            List<SlotAdapter> keeps = List.of(kept);
            RowRunner.padding(model).run(List.of(TinyBatched.row(1)), keeps);

            checkThreeAdapters(RowRunner.padding(model), model);

            assertThat(model.occupied()).containsValue("kept");
        }
    }

    /** More adapters than slots, two rows of one of them, and a row of the base. */
    private static void checkThreeAdapters(RowRunner runner, BatchedModel model) throws InterruptedException {
        List<@Nullable SlotAdapter> adapters = new ArrayList<>();
        adapters.add(model.prepare("one", TinyBatched.factors(1, 1)));
        adapters.add(null);
        adapters.add(model.prepare("two", TinyBatched.factors(2, 2)));
        adapters.add(model.prepare("three", TinyBatched.factors(1, 3)));
        adapters.add(adapters.get(0));
        List<long[]> ids = List.of(
                new long[] {1, 2, 3}, new long[] {4}, new long[] {5, 6}, new long[] {7, 0, 1}, new long[] {2, 2, 2, 2});

        List<Map<String, HostTensor>> rows =
                runner.run(ids.stream().map(TinyBatched::row).toList(), adapters);

        int[] ranks = {1, 0, 2, 1, 1};
        int[] numbers = {1, 0, 2, 3, 1};
        for (int i = 0; i < ids.size(); i++) {
            assertThat(Objects.requireNonNull(rows.get(i).get("y")).toDoubles())
                    .containsExactly(TinyBatched.expected(ranks[i], numbers[i], ids.get(i)));
        }
    }

    private BatchedModel open(int slots) {
        return BatchedModel.open(TinyBatched.write(folder, slots, 2), SessionSettings.DEFAULT);
    }
}
