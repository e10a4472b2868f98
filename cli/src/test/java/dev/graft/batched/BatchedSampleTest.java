package dev.graft.batched;

import static dev.graft.batched.RowsAgainstSingleRuns.assertClose;
import static dev.graft.batched.RowsAgainstSingleRuns.assertRowsEqualSingleRuns;
import static dev.graft.batched.RowsAgainstSingleRuns.row;
import static dev.graft.batched.RowsAgainstSingleRuns.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.adapter.format.onnxadapter.OnnxFactors;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bundled language model: a row of a batch gives what it gives alone, whatever its neighbours use. */
class BatchedSampleTest {
    /** What single precision costs over a few layers; the same as for the other styles. */
    private static final double TOLERANCE = 2e-5;

    @TempDir
    Path folder;

    private RowsAgainstSingleRuns sample;

    @BeforeEach
    void find() {
        Path base = Fixtures.repository().resolve("samples/language-model/base/model.onnx");
        sample = new RowsAgainstSingleRuns(base, folder, InputHints.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 32})
    void rowsWithDifferentAdaptersAreThoseOfSingleRunsBitForBit(int count) throws InterruptedException {
        List<Adapter> adapters = RandomAdapters.ofVariedRanks(sample.slots(), count);
        try (BatchedModel model = sample.attach(count, 16)) {
            List<@Nullable SlotAdapter> rows = new ArrayList<>();
            adapters.forEach(adapter -> rows.add(model.prepare(adapter.name(), adapter)));

            Map<String, HostTensor> batch = sample.batch(model, count, 7);
            Map<String, HostTensor> together = assertRowsEqualSingleRuns(model, batch, rows, 0);

            try (ModelSession merged = sample.merged(adapters.get(count - 1));
                    ModelSession attached = sample.attached(adapters.get(count - 1))) {
                Map<String, HostTensor> last = row(batch, count - 1, count);
                double[] actual = values(together, count - 1, count);
                assertClose(actual, values(merged.run(last), 0, 1), TOLERANCE, "merged");
                assertClose(actual, values(attached.run(last), 0, 1), TOLERANCE, "attached");
            }
        }
    }

    @Test
    void rowsWithoutAnAdapterAreTheBasesBitForBit() throws InterruptedException {
        try (BatchedModel model = sample.attach(2, 8);
                ModelSession base = sample.base()) {
            Map<String, HostTensor> batch = sample.batch(model, 3, 9);
            SlotAdapter loud = model.prepare("loud", RandomAdapters.of(sample.slots(), 8, 1));
            List<@Nullable SlotAdapter> rows = new ArrayList<>();
            Collections.addAll(rows, null, loud, null);

            Map<String, HostTensor> mixed = model.run(batch, rows);
            Map<String, HostTensor> plain = base.run(batch);

            assertThat(values(mixed, 0, 3)).containsExactly(values(plain, 0, 3));
            assertThat(values(mixed, 2, 3)).containsExactly(values(plain, 2, 3));
            assertThat(values(mixed, 1, 3)).isNotEqualTo(values(plain, 1, 3));
        }
    }

    @Test
    void anAdapterFileOfAnotherBaseIsRefused() {
        Path file = folder.resolve("other.onnx_adapter");
        Adapter adapter = RandomAdapters.of(sample.slots(), 2, 1);
        OnnxAdapterWriter.write(file, OnnxFactors.of(adapter, NameStyle.OLIVE), OnnxAdapterFile.fingerprint(12345));
        try (BatchedModel model = sample.attach(2, 8)) {
            assertThatThrownBy(() -> model.prepare("other", file))
                    .isInstanceOfSatisfying(
                            GraftException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.ADAPTER_BASE_MISMATCH))
                    .hasMessageContaining("the adapter file was made for another base: 40003039");
            assertThat(model.prepare("all the same", AdapterFiles.readAdapter(file, ReadOptions.DEFAULT))
                            .rank())
                    .isEqualTo(2);
        }
    }
}
