package dev.graft.runtime.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchPickerTest {
    private static final BatchedLayout LAYOUT = new BatchedLayout(2, 4, NameStyle.OLIVE, Map.of(), Set.of("batch"));

    private final Map<String, SlotAdapter> adapters = new HashMap<>();

    @Test
    void theFirstComesFirstAndOthersJoinByArrival() {
        List<Request> queue =
                List.of(request("a", 5, "x"), request("b", 5, "y"), request("a", 5, "x"), request(null, 5, "x"));

        assertThat(new BatchPicker(8, 0.3, () -> 2).pick(queue))
                .containsExactly(queue.get(0), queue.get(2), queue.get(3));
        assertThat(new BatchPicker(2, 0.3, () -> 2).pick(queue)).containsExactly(queue.get(0), queue.get(2));
    }

    @Test
    void noMoreAdaptersJoinThanThereAreSlots() {
        List<Request> queue = List.of(
                request("a", 5, "x"),
                request("b", 5, "x"),
                request("c", 5, "x"),
                request(null, 5, "x"),
                request("b", 5, "x"));

        assertThat(new BatchPicker(8, 0.3, () -> 2).pick(queue))
                .containsExactly(queue.get(0), queue.get(1), queue.get(3), queue.get(4));
    }

    @Test
    void rowsThatWouldMakeMostOfABatchPaddingWait() {
        List<Request> queue = List.of(request("a", 4, "x"), request("a", 100, "x"), request("a", 7, "x"));

        assertThat(new BatchPicker(8, 0.3, () -> 2).pick(queue)).containsExactly(queue.get(0), queue.get(2));
        assertThat(new BatchPicker(8, 1, () -> 2).pick(queue)).containsExactlyElementsOf(queue);
        assertThat(new BatchPicker(8, 0, () -> 2).pick(queue)).containsExactly(queue.get(0));
    }

    @Test
    void aPopularAdapterKeepsNobodyWaitingLongerThanTheQueueInFrontOfIt() {
        List<Request> queue = new ArrayList<>();
        Request rare = request("rare", 5, "other shape");
        for (int i = 0; i < 20; i++) {
            queue.add(request("popular", 5, "x"));
        }
        queue.add(rare);
        BatchPicker picker = new BatchPicker(4, 0.3, () -> 2);
        int batches = 0;
        while (queue.contains(rare)) {
            queue.removeAll(picker.pick(queue));
            // new ones of the popular kind keep coming, as many as leave
            for (int i = 0; i < 4; i++) {
                queue.add(request("popular", 5, "x"));
            }
            batches++;
        }
        assertThat(batches).isEqualTo(6);
    }

    @Test
    void anEmptyQueueGivesAnEmptyBatch() {
        assertThat(new BatchPicker(4, 0.3, () -> 2).pick(List.of())).isEmpty();
    }

    private Request request(@Nullable String adapter, long length, String shape) {
        Row row = new Row(Map.of(), Map.of("sequence", length), List.of(shape));
        SlotAdapter slotted = adapter == null
                ? null
                : adapters.computeIfAbsent(adapter, name -> new SlotAdapter(name, LAYOUT, Map.of(), 1));
        return new Request(row, slotted, Runnable::run);
    }
}
