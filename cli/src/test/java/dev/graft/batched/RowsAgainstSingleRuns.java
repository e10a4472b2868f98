package dev.graft.batched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.compiler.attach.AttachForm;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.attach.SlotCapacity;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.inputs.SampleSize;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A base, the batched model of it, and what each row of a batch must give. */
final class RowsAgainstSingleRuns {
    private final Path base;
    private final Path folder;
    private final InputHints hints;
    private final ModelIndex index;
    private final List<Slot> slots;
    private NameStyle names = NameStyle.OLIVE;

    RowsAgainstSingleRuns(Path base, Path folder, InputHints hints) {
        this.base = base;
        this.folder = folder;
        this.hints = hints;
        this.index = ModelScanner.scan(base);
        this.slots = Slots.select(index, Slots.ALL_LINEAR);
    }

    List<Slot> slots() {
        return slots;
    }

    /** The batched model with room for so many adapters. */
    BatchedModel attach(int capacity, int maxRank) {
        Path output = folder.resolve("batched/model.onnx");
        Attacher.attach(
                new Resolution(index, List.of(), List.of(), List.of()),
                output,
                AttachOptions.DEFAULT
                        .withStyle(AttachStyle.BATCHED)
                        .withSlots(slots)
                        .withNames(names)
                        .withCapacity(new SlotCapacity(capacity, maxRank))
                        .withForce(),
                Progress.NONE);
        return BatchedModel.open(output, SessionSettings.DEFAULT);
    }

    /** A batched model of a base whose adapters have the names that onnxruntime-genai gives. */
    BatchedModel attachForGenai(int capacity, int maxRank) {
        names = NameStyle.GENAI;
        return attach(capacity, maxRank);
    }

    /** The base as it is. */
    ModelSession base() {
        return ModelSession.open(base, SessionSettings.DEFAULT);
    }

    /** The base with an adapter merged into it. */
    ModelSession merged(Adapter adapter) {
        Path output = folder.resolve("merged/model.onnx");
        Merger.merge(resolve(adapter), output, new MergeOptions(true, true, 1), Progress.NONE);
        return ModelSession.open(output, SessionSettings.DEFAULT);
    }

    /** The base with an adapter beside it. */
    ModelSession attached(Adapter adapter) {
        Path output = folder.resolve("attached/model.onnx");
        AttachOptions beside = AttachOptions.DEFAULT.withForm(AttachForm.BESIDE).withForce();
        Attacher.attach(resolve(adapter), output, beside, Progress.NONE);
        return ModelSession.open(output, SessionSettings.DEFAULT);
    }

    private Resolution resolve(Adapter adapter) {
        return Resolver.resolve(index, List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
    }

    /** A batch of random rows. */
    Map<String, HostTensor> batch(BatchedModel model, int rows, int steps) {
        return SampleInputs.of(model.inputs(), hints).make(new SampleSize(rows, steps), 7);
    }

    /** One row of a batch. */
    static Map<String, HostTensor> row(Map<String, HostTensor> batch, int row, int rows) {
        Map<String, HostTensor> single = new LinkedHashMap<>();
        batch.forEach((name, tensor) -> single.put(name, row(tensor, row, rows)));
        return single;
    }

    private static HostTensor row(HostTensor tensor, int row, int rows) {
        assertThat(tensor.shape().dim(0)).isEqualTo(rows);
        long[] shape = tensor.shape().toArray();
        shape[0] = 1;
        int bytes = tensor.bytes().remaining() / rows;
        ByteBuffer copy = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(tensor.bytes().slice(row * bytes, bytes)).flip();
        return new HostTensor(tensor.dtype(), Shape.of(shape), copy);
    }

    /** The floating-point outputs of one row one behind the other. */
    static double[] values(Map<String, HostTensor> outputs, int row, int rows) {
        List<double[]> parts = new ArrayList<>();
        outputs.values().stream()
                .filter(output -> output.dtype().isFloat())
                .forEach(output -> parts.add(row(output, row, rows).toDoubles()));
        return parts.stream().flatMapToDouble(java.util.Arrays::stream).toArray();
    }

    /** Runs a batch whose rows use the adapters in turn, and each row alone; returns the batch's outputs. */
    static Map<String, HostTensor> assertRowsEqualSingleRuns(
            BatchedModel model, Map<String, HostTensor> batch, List<@Nullable SlotAdapter> rows, double tolerance)
            throws InterruptedException {
        Map<String, HostTensor> together = model.run(batch, rows);
        for (int row = 0; row < rows.size(); row++) {
            Map<String, HostTensor> alone =
                    model.run(row(batch, row, rows.size()), java.util.Collections.singletonList(rows.get(row)));
            assertClose(values(together, row, rows.size()), values(alone, 0, 1), tolerance, "row " + row);
        }
        return together;
    }

    static void assertClose(double[] actual, double[] expected, double tolerance, String what) {
        if (tolerance == 0) {
            assertThat(actual).as(what).containsExactly(expected);
            return;
        }
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double worst = 0;
        for (int i = 0; i < actual.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        assertThat(worst).as(what).isLessThanOrEqualTo(tolerance);
    }
}
