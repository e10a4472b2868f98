package dev.graft.cli.bench;

import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.io.Progress;
import dev.graft.io.TemporaryFolder;
import dev.graft.runtime.batching.BatchRun;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.inputs.SampleSize;
import dev.graft.runtime.latency.Contender;
import dev.graft.runtime.latency.LatencyBenchmark;
import dev.graft.runtime.latency.LatencyReport;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures what it costs that every row of a batch has its own adapter: a batch of one merged adapter, of one adapter in a slot, and of as many adapters as rows, in
 * turn and in one run.
 *
 * @param rows rows of a batch, and adapters
 * @param rounds counted rounds
 * @param settings of each session
 */
public record BatchedComparison(int rows, int rounds, SessionSettings settings) {
    /** A batch with the adapter merged: what the others are compared with. */
    public static final String MERGED = "merged";

    /** One row with style input: as many of these as rows are what a service without batches runs. */
    public static final String SINGLE = "attached, input, one row";

    /** A batch with style input: all rows have one adapter. */
    public static final String INPUT = "attached, input";

    /** A batch of rows without an adapter. */
    public static final String BASE_ROWS = "batched, no adapter";

    /** A batch whose rows have one adapter. */
    public static final String ONE = "batched, one adapter";

    /** A batch whose rows have different adapters. */
    public static final String DIFFERENT = "batched, an adapter per row";

    private static final int WARM_UP_PART = 10;
    private static final int SEED = 1;

    /**
     * Makes all models in a temporary folder and measures them.
     *
     * @param resolution the base with one adapter; the other rows' adapters are that one at other scales
     * @param tokens the sequence lengths to measure at
     * @return a report per length
     */
    public Map<Integer, LatencyReport> measure(Resolution resolution, List<Integer> tokens, Progress progress) {
        Path base = resolution.model().file();
        try (TemporaryFolder folder = TemporaryFolder.create("bench")) {
            Path merged = folder.path().resolve("merged").resolve(base.getFileName());
            Merger.merge(resolution, merged, new MergeOptions(true, false, 2), Progress.NONE);
            AttachReport input = attach(resolution, folder.path(), AttachStyle.INPUT);
            AttachReport batched = attach(resolution, folder.path(), AttachStyle.BATCHED);
            try (ModelSession mergedSession = ModelSession.open(merged, settings);
                    ModelSession inputSession = ModelSession.open(input.output(), settings);
                    BatchedModel model = BatchedModel.open(batched.output(), settings)) {
                LoadedAdapter adapter = inputSession.loadAdapter(input.adapter().orElseThrow());
                List<SlotAdapter> adapters = new AdapterPerRow(rows).of(resolution, model);
                Map<Integer, LatencyReport> reports = new LinkedHashMap<>();
                for (int length : tokens) {
                    Sessions sessions = new Sessions(mergedSession, inputSession, adapter, model);
                    reports.put(length, measure(base, sessions, adapters, length, progress));
                }
                return reports;
            }
        }
    }

    private record Sessions(ModelSession merged, ModelSession input, LoadedAdapter adapter, BatchedModel model) {}

    private AttachReport attach(Resolution resolution, Path folder, AttachStyle style) {
        Path output =
                folder.resolve(style.name()).resolve(resolution.model().file().getFileName());
        AttachOptions options = new AdapterPerRow(rows).options(resolution).withStyle(style);
        return Attacher.attach(resolution, output, options, Progress.NONE);
    }

    private LatencyReport measure(
            Path base, Sessions sessions, List<SlotAdapter> adapters, int length, Progress progress) {
        InputHints hints = ModelFolderHints.read(base, sessions.merged().inputs());
        SampleInputs samples = SampleInputs.of(sessions.merged().inputs(), hints);
        Map<String, HostTensor> batch = samples.make(new SampleSize(rows, length), SEED);
        Map<String, HostTensor> row = samples.make(new SampleSize(1, length), SEED);
        List<LoadedAdapter> switched = List.of(sessions.adapter());
        // all slots are taken at once, so that the runs that are prepared one after the other find every adapter in its
        // place
        try (BatchRun different = prepare(sessions.model(), batch, adapters);
                BatchRun one = prepare(sessions.model(), batch, Collections.nCopies(rows, adapters.get(0)));
                BatchRun none = prepare(sessions.model(), batch, Collections.nCopies(rows, null))) {
            List<Contender> contenders = new ArrayList<>();
            contenders.add(new Contender(MERGED, sessions.merged(), batch, List.of()));
            contenders.add(new Contender(INPUT, sessions.input(), batch, switched));
            contenders.add(new Contender(BASE_ROWS, sessions.model().session(), none.inputs(), List.of()));
            contenders.add(new Contender(ONE, sessions.model().session(), one.inputs(), List.of()));
            contenders.add(new Contender(DIFFERENT, sessions.model().session(), different.inputs(), List.of()));
            contenders.add(new Contender(SINGLE, sessions.input(), row, switched));
            return new LatencyBenchmark(Math.max(3, rounds / WARM_UP_PART), rounds).measure(contenders, progress);
        }
    }

    private static BatchRun prepare(
            BatchedModel model, Map<String, HostTensor> batch, List<? extends @Nullable SlotAdapter> adapters) {
        try {
            return model.prepareRun(batch, new ArrayList<>(adapters));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        }
    }
}
