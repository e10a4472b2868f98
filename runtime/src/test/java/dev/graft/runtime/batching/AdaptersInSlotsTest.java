package dev.graft.runtime.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.adapters.AdapterLease;
import dev.graft.runtime.adapters.AdapterRuntime;
import dev.graft.runtime.adapters.RuntimeSettings;
import dev.graft.runtime.mix.AdapterMix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runtime that switches adapters between runs, over a model that takes them in slots. */
@Timeout(60)
class AdaptersInSlotsTest {
    @TempDir
    Path folder;

    private AdapterRuntime runtime;

    @BeforeEach
    void open() {
        // room for two adapters in slots, and for less than that in the cache
        runtime = AdapterRuntime.open(TinyBatched.write(folder, 2, 4), RuntimeSettings.DEFAULT.withCacheBytes(40));
        runtime.put("one", file("one", 1, 1));
        runtime.put("two", file("two", 2, 2));
        runtime.put("three", file("three", 2, 1));
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void eachRunChoosesItsAdapterOrMix() {
        for (int i = 0; i < 3; i++) {
            assertThat(y(AdapterMix.of("one"))).containsExactly(TinyBatched.expected(1, 1, 3, 4));
            assertThat(y(AdapterMix.of("two"))).containsExactly(TinyBatched.expected(2, 2, 3, 4));
            assertThat(y(AdapterMix.of("three"))).containsExactly(TinyBatched.expected(2, 1, 3, 4));
            assertThat(y(AdapterMix.BASE)).containsExactly(TinyBatched.expected(0, 0, 3, 4));
            assertThat(y(AdapterMix.of("one", 2, "three", 0.5))).containsExactly(TinyBatched.expected(3, 1, 3, 4));
        }
    }

    @Test
    void aLeaseKeepsWhatItBeganWith() {
        try (AdapterLease lease = runtime.lease(AdapterMix.of("one"))) {
            runtime.put("one", file("other", 1, 2));
            runtime.remove("two");

            assertThat(lease.run(TinyBatched.row(3)).get("y").toDoubles())
                    .containsExactly(TinyBatched.expected(1, 1, 3));
            assertThatIllegalStateException()
                    .isThrownBy(lease::adapters)
                    .withMessageStartingWith("a batched model takes adapters in slots");
        }
        assertThat(y(AdapterMix.of("one"))).containsExactly(TinyBatched.expected(1, 2, 3, 4));
    }

    @Test
    void anAdapterOfTooLargeARankIsRefusedWhenItIsPutThere() {
        GraftException error = catchThrowableOfType(GraftException.class, () -> runtime.put("one", file("wide", 5, 1)));

        assertThat(error.code()).isEqualTo(ErrorCode.SLOT_RANK_EXCEEDED);
        assertThat(y(AdapterMix.of("one"))).containsExactly(TinyBatched.expected(1, 1, 3, 4));
    }

    @Test
    void moreThreadsThanSlotsWaitForOne() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 6; thread++) {
                int number = thread % 3;
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 200; i++) {
                        AdapterMix mix =
                                AdapterMix.of(List.of("one", "two", "three").get(number));
                        int rank = number == 0 ? 1 : 2;
                        assertThat(y(mix)).containsExactly(TinyBatched.expected(rank, number == 1 ? 2 : 1, 3, 4));
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private double[] y(AdapterMix mix) {
        return runtime.run(TinyBatched.row(3, 4), mix).get("y").toDoubles();
    }

    private Path file(String name, int rank, int number) {
        Path file = folder.resolve(name + ".onnx_adapter");
        OnnxAdapterWriter.write(file, TinyBatched.factors(rank, number));
        return file;
    }
}
