package dev.graft.runtime.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlotTableTest {
    private static final int SLOTS = 3;

    private final BatchedLayout layout = layout();
    private final SlotMemory memory = new SlotMemory(layout);
    private final List<String> news = Collections.synchronizedList(new ArrayList<>());
    private final SlotTable table = new SlotTable(layout, memory, new BatchListener() {
        @Override
        public void adapterPlaced(String adapter, int slot, Duration took) {
            news.add(adapter + " into " + slot);
        }

        @Override
        public void adapterEvicted(String adapter, int slot) {
            news.add(adapter + " out of " + slot);
        }
    });
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void theOneThatWasUsedLongestAgoMakesRoom() throws InterruptedException {
        SlotAdapter a = adapter("a", 1);
        SlotAdapter b = adapter("b", 2);
        SlotAdapter c = adapter("c", 3);
        use(a);
        use(b);
        use(c);
        use(a);

        use(adapter("d", 4));

        assertThat(news).containsExactly("a into 1", "b into 2", "c into 3", "b out of 2", "d into 2");
        assertThat(table.occupied()).containsEntry(1, a).containsEntry(3, c);
    }

    @Test
    void aSlotWithALeaseIsLeftAlone() throws InterruptedException {
        SlotAdapter a = adapter("a", 1);
        try (SlotLease lease = table.lease(List.of(a))) {
            for (int i = 0; i < 10; i++) {
                use(adapter("other" + i, i));
            }
            assertThat(lease.slotOf(a)).isEqualTo(1);
            assertThat(lease.slotOf(null)).isZero();
            assertThat(valueIn(1)).isEqualTo(1);
        }
    }

    @Test
    void whereAllSlotsAreLeasedARunWaitsItsTurn() throws Exception {
        SlotLease first = table.lease(List.of(adapter("a", 1), adapter("b", 2)));
        SlotLease second = table.lease(List.of(adapter("c", 3)));
        // wants two: must not be overtaken for ever by those that want one
        Future<Integer> patient = threads.submit(() -> slotOfFirst(adapter("d", 4), adapter("e", 5)));
        awaitWaiting(1);
        Future<Integer> late = threads.submit(() -> slotOfFirst(adapter("f", 6)));
        awaitWaiting(2);

        second.close();
        assertThatThrownBy(() -> late.get(50, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThat(patient).isNotDone();
        first.close();

        assertThat(patient.get(10, TimeUnit.SECONDS)).isBetween(1, 3);
        assertThat(late.get(10, TimeUnit.SECONDS)).isBetween(1, 3);
    }

    @Test
    void closingALeaseTwiceReleasesItOnce() throws InterruptedException {
        SlotAdapter a = adapter("a", 1);
        SlotLease other = table.lease(List.of(a));
        SlotLease lease = table.lease(List.of(a));
        lease.close();
        lease.close();

        use(adapter("b", 2));
        use(adapter("c", 3));
        use(adapter("d", 4));

        assertThat(table.occupied()).containsEntry(1, a);
        other.close();
    }

    @Test
    void aPinnedAdapterStaysAndOneSlotIsAlwaysFree() throws InterruptedException {
        SlotAdapter a = adapter("a", 1);
        SlotAdapter b = adapter("b", 2);
        table.pin(a, true);
        table.pin(b, true);
        use(a);
        use(b);
        use(adapter("c", 3));
        use(adapter("d", 4));

        assertThat(table.occupied()).containsEntry(1, a).containsEntry(2, b);
        assertThat(table.unpinned()).isEqualTo(1);
        assertExhausted(() -> table.pin(adapter("e", 5), true))
                .hasMessage("'e' cannot be pinned: of 3 slots one must stay free for other adapters");
        assertExhausted(() -> table.lease(List.of(adapter("f", 6), adapter("g", 7))))
                .hasMessage(
                        "2 adapters are to be used in one batch, the model has 3 slots, 2 of them pinned to other adapters");
        table.pin(a, false);
        use(adapter("f", 6));
        use(adapter("g", 7));
        assertThat(table.occupied().values()).doesNotContain(a);
    }

    @Test
    void aForgottenAdapterFreesItsSlotWhenItsLastRunEnds() throws InterruptedException {
        SlotAdapter a = adapter("a", 1);
        SlotLease lease = table.lease(List.of(a));

        table.forget(a);
        assertThat(table.occupied()).containsEntry(1, a);
        lease.close();

        assertThat(table.occupied()).isEmpty();
    }

    @Test
    void aReplacedAdapterHandsItsPinOn() throws InterruptedException {
        SlotAdapter old = adapter("a", 1);
        SlotAdapter young = adapter("a", 9);
        table.pin(old, true);
        use(old);

        table.replace(old, young);
        use(young);
        use(adapter("b", 2));
        use(adapter("c", 3));
        use(adapter("d", 4));

        assertThat(table.occupied()).containsValue(young).doesNotContainValue(old);
    }

    @Test
    void whoWaitsIsToldThatTheModelIsClosed() throws Exception {
        SlotLease all = table.lease(List.of(adapter("a", 1), adapter("b", 2), adapter("c", 3)));
        Future<Integer> waiting = threads.submit(() -> slotOfFirst(adapter("d", 4)));
        awaitWaiting(1);

        table.close();

        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the batched model is closed");
        all.close();
    }

    /** What is in a slot is what was leased, for as long as it is leased, whatever others do meanwhile. */
    @Test
    void leasesOfManyThreadsNeverMix() throws Exception {
        List<SlotAdapter> adapters = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            adapters.add(adapter("a" + i, i + 1));
        }
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Integer>> workers = new ArrayList<>();
        for (int worker = 0; worker < 6; worker++) {
            Random random = new Random(worker);
            workers.add(threads.submit(() -> {
                start.await();
                int checked = 0;
                for (int i = 0; i < 2000; i++) {
                    Set<SlotAdapter> wanted =
                            Set.of(adapters.get(random.nextInt(6)), adapters.get(6 + random.nextInt(6)));
                    try (SlotLease lease = table.lease(wanted)) {
                        for (SlotAdapter adapter : wanted) {
                            int expected = Integer.parseInt(adapter.name().substring(1)) + 1;
                            checked += valueIn(lease.slotOf(adapter)) == expected ? 1 : 0;
                        }
                    }
                }
                return checked;
            }));
        }
        start.countDown();
        for (Future<Integer> worker : workers) {
            assertThat(worker.get(60, TimeUnit.SECONDS)).isEqualTo(4000);
        }
    }

    private int slotOfFirst(SlotAdapter... adapters) throws InterruptedException {
        try (SlotLease lease = table.lease(List.of(adapters))) {
            return lease.slotOf(adapters[0]);
        }
    }

    private void use(SlotAdapter adapter) throws InterruptedException {
        table.lease(List.of(adapter)).close();
    }

    private void awaitWaiting(int count) throws InterruptedException {
        while (table.waiting() < count) {
            Thread.sleep(1);
        }
    }

    /** The number that A in a slot is full of. */
    private double valueIn(int slot) {
        double[] a = memory.tensors().get(TinyBatched.A).toDoubles(slot * 2 * 4, 8);
        for (double value : a) {
            if (value != a[0]) {
                return Double.NaN;
            }
        }
        return a[0];
    }

    private SlotAdapter adapter(String name, int number) {
        return new SlotFitting(layout).of(name, TinyBatched.factors(4, number));
    }

    private static BatchedLayout layout() {
        Map<String, Stack> stacks = new LinkedHashMap<>();
        stacks.put(TinyBatched.A, new Stack(TinyBatched.A, DType.FLOAT32, SLOTS, 2, 4, true));
        stacks.put(TinyBatched.B, new Stack(TinyBatched.B, DType.FLOAT32, SLOTS, 4, 2, false));
        return new BatchedLayout(SLOTS, 4, NameStyle.OLIVE, stacks, Set.of("batch"));
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertExhausted(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.SLOTS_EXHAUSTED));
    }
}
