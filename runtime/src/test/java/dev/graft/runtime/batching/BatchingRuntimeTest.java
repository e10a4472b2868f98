package dev.graft.runtime.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BatchingRuntimeTest {
    @TempDir
    Path folder;

    private final List<BatchListener.BatchReport> batches = Collections.synchronizedList(new ArrayList<>());
    /** Lets batches through; while it has no permits the dispatcher stands behind the batch that ran last. */
    private final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);

    private BatchingRuntime runtime;

    @BeforeEach
    void open() {
        open(settings());
    }

    private void open(BatchSettings settings) {
        if (runtime != null) {
            runtime.close();
        }
        runtime = BatchingRuntime.open(TinyBatched.write(folder, 2, 4), settings);
        runtime.put("one", TinyBatched.factors(1, 1));
        runtime.put("two", TinyBatched.factors(2, 2));
        runtime.put("three", TinyBatched.factors(4, 3));
    }

    private BatchSettings settings() {
        return BatchSettings.DEFAULT.withMaxWait(Duration.ofMillis(20)).with(new BatchListener() {
            @Override
            public void batchRan(BatchReport batch) {
                batches.add(batch);
                gate.acquireUninterruptibly();
            }
        });
    }

    @AfterEach
    void close() {
        gate.release(1000);
        runtime.close();
    }

    @Test
    void requestsOfDifferentAdaptersAndLengthsRunTogetherAndKeepTheirOwn() throws Exception {
        hold();
        CompletableFuture<Map<String, HostTensor>> one = runtime.submit(TinyBatched.row(1, 2, 3), "one");
        CompletableFuture<Map<String, HostTensor>> two = runtime.submit(TinyBatched.row(4, 5), "two");
        CompletableFuture<Map<String, HostTensor>> base = runtime.submit(TinyBatched.row(6, 7, 0));
        go();

        assertRow(one, TinyBatched.expected(1, 1, 1, 2, 3), 3);
        assertRow(two, TinyBatched.expected(2, 2, 4, 5), 2);
        assertRow(base, TinyBatched.expected(0, 0, 6, 7, 0), 3);
        assertThat(one.get()).containsOnlyKeys("y", "pooled");
        runtime.close();
        BatchListener.BatchReport batch = batches.get(1);
        assertThat(batch.rows()).isEqualTo(3);
        assertThat(batch.adapters()).isEqualTo(3);
        assertThat(batch.paddedShare()).isCloseTo(1.0 / 9, within(1e-12));
        assertThat(batch.queued()).hasSize(3).allMatch(wait -> !wait.isNegative());
        assertThat(batch.failed()).isFalse();
    }

    @Test
    void moreAdaptersThanSlotsRunInSeveralBatches() throws Exception {
        hold();
        CompletableFuture<Map<String, HostTensor>> one = runtime.submit(TinyBatched.row(1), "one");
        CompletableFuture<Map<String, HostTensor>> two = runtime.submit(TinyBatched.row(2), "two");
        CompletableFuture<Map<String, HostTensor>> three = runtime.submit(TinyBatched.row(3), "three");
        go();

        assertRow(one, TinyBatched.expected(1, 1, 1), 1);
        assertRow(two, TinyBatched.expected(2, 2, 2), 1);
        assertRow(three, TinyBatched.expected(4, 3, 3), 1);
        runtime.close();
        assertThat(batches).extracting(BatchListener.BatchReport::rows).containsExactly(1, 2, 1);
    }

    @Test
    void aMixTakesOneSlotAndIsTheWeightedSum() throws Exception {
        AdapterMix mix = AdapterMix.of("one", 2, "two", 0.5);
        hold();
        CompletableFuture<Map<String, HostTensor>> mixed = runtime.submit(TinyBatched.row(1, 2), mix);
        CompletableFuture<Map<String, HostTensor>> one = runtime.submit(TinyBatched.row(3), "one");
        CompletableFuture<Map<String, HostTensor>> again = runtime.submit(TinyBatched.row(4), mix);
        CompletableFuture<Map<String, HostTensor>> base = runtime.submit(TinyBatched.row(5), AdapterMix.BASE);
        go();

        // 2 · 1 · 1² + 0.5 · 2 · 2² = 6 · 1²
        assertRow(mixed, TinyBatched.expected(6, 1, 1, 2), 2);
        assertRow(one, TinyBatched.expected(1, 1, 3), 1);
        assertRow(again, TinyBatched.expected(6, 1, 4), 1);
        assertRow(base, TinyBatched.expected(0, 0, 5), 1);
        assertThat(runtime.model().occupied().values()).containsExactlyInAnyOrder("one", "one@2.0+two@0.5");
    }

    @Test
    void aMixIsOfTheAdaptersThatTheNamesMeanNow() throws Exception {
        AdapterMix mix = AdapterMix.of("one", 1, "two", 1);
        assertThat(runtime.run(TinyBatched.row(1), mix).get("y").toDoubles())
                .containsExactly(TinyBatched.expected(9, 1, 1));
        runtime.put("one", TinyBatched.factors(2, 1));

        assertThat(runtime.run(TinyBatched.row(1), mix).get("y").toDoubles())
                .containsExactly(TinyBatched.expected(10, 1, 1));
        assertError(
                () -> runtime.submit(TinyBatched.row(1), AdapterMix.of("two", 1, "three", 1)),
                ErrorCode.SLOT_RANK_EXCEEDED);
        assertError(
                () -> runtime.submit(TinyBatched.row(1), AdapterMix.of("two", 1, "four", 1)),
                ErrorCode.ADAPTER_UNKNOWN);
    }

    @Test
    void aRequestThatCannotBeComputedFailsAlone() throws Exception {
        hold();
        CompletableFuture<Map<String, HostTensor>> good = runtime.submit(TinyBatched.row(1, 2), "one");
        CompletableFuture<Map<String, HostTensor>> bad = runtime.submit(TinyBatched.row(1, 999), "two");
        CompletableFuture<Map<String, HostTensor>> alsoGood = runtime.submit(TinyBatched.row(3, 4), "two");
        go();

        assertRow(good, TinyBatched.expected(1, 1, 1, 2), 2);
        assertRow(alsoGood, TinyBatched.expected(2, 2, 3, 4), 2);
        assertThatThrownBy(bad::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED))
                .hasMessageContaining("indices element out of data bounds");
        runtime.close();
        assertThat(batches)
                .extracting(BatchListener.BatchReport::failed)
                .containsExactly(false, true, false, true, false);
    }

    @Test
    void aRequestKeepsTheAdapterThatItsNameMeantWhenItCame() throws Exception {
        hold();
        CompletableFuture<Map<String, HostTensor>> before = runtime.submit(TinyBatched.row(1), "one");
        runtime.put("one", TinyBatched.factors(3, 2));
        CompletableFuture<Map<String, HostTensor>> after = runtime.submit(TinyBatched.row(1), "one");
        assertThat(runtime.remove("one")).isTrue();
        assertThat(runtime.remove("one")).isFalse();
        go();

        assertRow(before, TinyBatched.expected(1, 1, 1), 1);
        assertRow(after, TinyBatched.expected(3, 2, 1), 1);
        assertError(() -> runtime.submit(TinyBatched.row(1), "one"), ErrorCode.ADAPTER_UNKNOWN)
                .hasMessage("unknown adapter \"one\"; loaded: three, two");
    }

    @Test
    void anAdapterThatIsRefusedLeavesTheOneOfItsNameInPlace() throws Exception {
        assertError(() -> runtime.put("two", TinyBatched.factors(5, 1)), ErrorCode.SLOT_RANK_EXCEEDED);

        assertThat(runtime.run(TinyBatched.row(2), "two").get("y").toDoubles())
                .containsExactly(TinyBatched.expected(2, 2, 2));
    }

    @Test
    void aCancelledRequestLeavesTheQueue() throws Exception {
        hold();
        CompletableFuture<Map<String, HostTensor>> cancelled = runtime.submit(TinyBatched.row(1), "one");
        CompletableFuture<Map<String, HostTensor>> kept = runtime.submit(TinyBatched.row(2), "two");
        assertThat(runtime.waiting()).isEqualTo(2);

        assertThat(cancelled.cancel(true)).isTrue();

        assertThat(runtime.waiting()).isEqualTo(1);
        go();
        assertRow(kept, TinyBatched.expected(2, 2, 2), 1);
        runtime.close();
        assertThat(batches).extracting(BatchListener.BatchReport::rows).containsExactly(1, 1);
    }

    @Test
    void anInterruptedCallerTakesItsRequestBack() throws Exception {
        hold();
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread caller = new Thread(() -> {
            try {
                runtime.run(TinyBatched.row(1), "one");
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        caller.start();
        awaitWaiting(1);

        caller.interrupt();

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(runtime.waiting()).isZero();
    }

    @Test
    void aFullQueueRefusesMore() throws Exception {
        open(settings().withQueueLimit(2));
        hold();
        List<CompletableFuture<Map<String, HostTensor>>> accepted = new ArrayList<>();
        accepted.add(runtime.submit(TinyBatched.row(1), "one"));
        accepted.add(runtime.submit(TinyBatched.row(2), "one"));

        assertError(() -> runtime.submit(TinyBatched.row(3), "one"), ErrorCode.QUEUE_FULL)
                .hasMessage("2 requests wait already, which is as many as may");
        assertThat(accepted).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void closingRunsWhatWaitsAndTakesNoMore() throws Exception {
        hold();
        CompletableFuture<Map<String, HostTensor>> waiting = runtime.submit(TinyBatched.row(1), "one");
        Thread closer = new Thread(runtime::close);
        closer.start();
        go();
        closer.join();

        assertRow(waiting, TinyBatched.expected(1, 1, 1), 1);
        assertThatThrownBy(() -> runtime.submit(TinyBatched.row(1), "one"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the batching runtime is closed");
    }

    @Test
    void closingAtOnceFailsWhatWaits() throws Exception {
        hold();
        CompletableFuture<Map<String, HostTensor>> waiting = runtime.submit(TinyBatched.row(1), "one");
        Thread closer = new Thread(runtime::closeNow);
        closer.start();

        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_CLOSED))
                .hasMessage("the runtime was closed before this request ran");
        go();
        closer.join();
    }

    @Test
    void rowsThatAreNoneAreRefusedBeforeTheyWait() {
        HostTensor ids = HostTensor.ofLongs(Shape.of(1, 2), 1, 2);

        assertInvalid(Map.of("input_ids", ids))
                .hasMessage("expected a value for each of [input_ids, attention_mask], got [input_ids]");
        assertInvalid(Map.of("input_ids", ids, "mask", ids))
                .hasMessageContaining("no value for the input attention_mask");
        assertInvalid(Map.of("input_ids", ids, "attention_mask", HostTensor.ofLongs(Shape.of(1, 3), 1, 1, 1)))
                .hasMessage("'sequence' is 2 in one input and 3 in 'attention_mask'");
        HostTensor two = HostTensor.ofLongs(Shape.of(2, 1), 1, 2);
        assertInvalid(Map.of("input_ids", two, "attention_mask", two))
                .hasMessage("expected input_ids: int64 [batch, sequence] with one row, got int64 [2, 1]");
        HostTensor floats = HostTensor.ofFloats(Shape.of(1, 2), 1, 2);
        assertInvalid(Map.of("input_ids", floats, "attention_mask", ids)).hasMessageContaining("got float32 [1, 2]");
        assertError(
                        () -> BatchingRuntime.open(
                                runtime.model().file(), BatchSettings.DEFAULT.withPadding("tokens", 0)),
                        ErrorCode.INPUTS_INVALID)
                .hasMessage("padding is given for [tokens], which the model has no input for");
    }

    @Test
    void whatIsPinnedStaysAndWhatIsUnknownIsSaid() throws Exception {
        runtime.pin("one", true);
        runtime.run(TinyBatched.row(1), "one");
        runtime.run(TinyBatched.row(1), "two");
        runtime.run(TinyBatched.row(1), "three");

        assertThat(runtime.model().occupied()).containsOnly(Map.entry(1, "one"), Map.entry(2, "three"));
        assertError(() -> runtime.pin("two", true), ErrorCode.SLOTS_EXHAUSTED);
        assertError(() -> runtime.pin("ten", true), ErrorCode.ADAPTER_UNKNOWN)
                .hasMessage("unknown adapter \"ten\"; loaded: one, three, two");
    }

    @Test
    void aListenerThatFailsHarmsNobody() throws Exception {
        open(BatchSettings.DEFAULT.with(new BatchListener() {
            @Override
            public void batchRan(BatchReport batch) {
                throw new IllegalStateException("a metric");
            }
        }));

        for (int i = 0; i < 3; i++) {
            assertThat(runtime.run(TinyBatched.row(1), "one").get("y").toDoubles())
                    .containsExactly(TinyBatched.expected(1, 1, 1));
        }
    }

    /** Ranks, lengths and adapters at random from many threads, while adapters are replaced: every answer is exactly its own. */
    @Test
    void manyThreadsGetTheirOwnAnswers() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Integer>> workers = new ArrayList<>();
            for (int worker = 0; worker < 8; worker++) {
                Random random = new Random(worker);
                String own = "own" + worker;
                workers.add(threads.submit(() -> work(own, random)));
            }
            for (Future<Integer> worker : workers) {
                assertThat(worker.get(50, TimeUnit.SECONDS)).isEqualTo(150);
            }
        } finally {
            threads.shutdownNow();
        }
        runtime.close();
        assertThat(batches).anyMatch(batch -> batch.rows() > 1);
        assertThat(batches).allMatch(batch -> batch.rows() <= 8 && batch.adapters() <= 3);
    }

    private int work(String name, Random random) throws InterruptedException {
        int right = 0;
        for (int i = 0; i < 150; i++) {
            int rank = 1 + random.nextInt(4);
            int number = 1 + random.nextInt(5);
            runtime.put(name, TinyBatched.factors(rank, number));
            long[] ids = random.longs(1 + random.nextInt(6), 0, TinyBatched.VOCABULARY)
                    .toArray();
            Map<String, HostTensor> outputs = runtime.run(TinyBatched.row(ids), name);
            double[] expected = TinyBatched.expected(rank, number, ids);
            boolean same = java.util.Arrays.equals(outputs.get("y").toDoubles(), expected)
                    && java.util.Arrays.equals(outputs.get("pooled").toDoubles(), TinyBatched.pooled(expected));
            right += same ? 1 : 0;
        }
        return right;
    }

    /** Runs one request and stops the dispatcher behind it, so that what comes now waits. */
    private void hold() throws Exception {
        gate.drainPermits();
        batches.clear();
        runtime.submit(TinyBatched.row(0)).get(10, TimeUnit.SECONDS);
        while (batches.isEmpty()) {
            Thread.sleep(1);
        }
    }

    private void go() {
        gate.release(1000);
    }

    private void awaitWaiting(int count) throws InterruptedException {
        while (runtime.waiting() < count) {
            Thread.sleep(1);
        }
    }

    private static void assertRow(CompletableFuture<Map<String, HostTensor>> future, double[] expected, int tokens)
            throws Exception {
        Map<String, HostTensor> outputs = future.get(10, TimeUnit.SECONDS);
        assertThat(outputs.get("y").shape()).isEqualTo(Shape.of(1, tokens, 2));
        assertThat(outputs.get("y").toDoubles()).containsExactly(expected);
        assertThat(outputs.get("pooled").toDoubles()).containsExactly(TinyBatched.pooled(expected));
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ?> assertInvalid(Map<String, HostTensor> row) {
        return assertError(() -> runtime.submit(row, "one"), ErrorCode.INPUTS_INVALID);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertError(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(code));
    }
}
