package dev.graft.cli.bench;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.synthetic.SyntheticLlama;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.Progress;
import dev.graft.io.TemporaryFolder;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.inputs.SampleSize;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.serving.MergedModels;
import dev.graft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures what memory each further variant of one base takes that is opened with an adapter merged in: a synthetic Llama with an adapter of rank 16 for the
 * q and v projections.
 *
 * @param modelBytes about how large the base is
 * @param folder where its files go for the time of the run
 */
public record SharedBase(long modelBytes, Path folder) {
    private static final int VARIANTS = 3;
    private static final Pattern PRIVATE = Pattern.compile("RssAnon:\\s*(\\d{1,15}) kB");

    /**
     * What was measured, in bytes.
     *
     * @param base size of the base's files
     * @param changed size of the weights that a variant changes
     * @param before the process's own memory before the first variant was opened
     * @param after the same with one variant open and run, two, and so on
     * @param seconds how long opening each took
     */
    public record Result(long base, long changed, long before, List<Long> after, List<Double> seconds) {}

    /** Measures. */
    public Result measure(Progress progress) {
        try (TemporaryFolder files = TemporaryFolder.createIn(folder, "bench")) {
            progress.begin("opening variants of one base", VARIANTS + 1);
            SyntheticLlama.Written base = SyntheticLlama.write(files.path().resolve("base"), modelBytes, DType.FLOAT32);
            progress.advance(1);
            Adapter adapter = queryAndValue(AdapterFiles.readAdapter(base.adapter(), ReadOptions.DEFAULT));
            long changed = Resolver.resolve(
                            ModelScanner.scan(base.model()),
                            List.of(WeightedAdapter.of(adapter)),
                            ResolveOptions.DEFAULT)
                    .bindings()
                    .stream()
                    .map(Binding::view)
                    .mapToLong(view -> view.rows() * view.columns() * Float.BYTES)
                    .sum();
            Result result = open(base, adapter, changed, progress);
            progress.end();
            return result;
        }
    }

    private static Result open(SyntheticLlama.Written base, Adapter adapter, long changed, Progress progress) {
        SessionSettings settings = MergedModels.sharingWeights(SessionSettings.DEFAULT);
        List<ModelSession> open = new ArrayList<>();
        List<Long> after = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        long before = ownMemory();
        try {
            for (int variant = 1; variant <= VARIANTS; variant++) {
                long start = System.nanoTime();
                ModelSession session =
                        MergedModels.open(base.model(), List.of(new WeightedAdapter(adapter, variant)), settings);
                open.add(session);
                seconds.add((System.nanoTime() - start) / 1e9);
                session.run(SampleInputs.of(session.inputs(), InputHints.NONE).make(new SampleSize(1, 1), 1));
                after.add(ownMemory());
                progress.advance(1);
            }
        } finally {
            open.forEach(ModelSession::close);
        }
        return new Result(base.bytes(), changed, before, after, seconds);
    }

    private static Adapter queryAndValue(Adapter adapter) {
        return new Adapter(
                adapter.source(),
                adapter.format(),
                adapter.method(),
                adapter.changes().stream()
                        .filter(change -> change.module().endsWith("q_proj")
                                || change.module().endsWith("v_proj"))
                        .toList(),
                adapter.details(),
                adapter.warnings());
    }

    /** Memory that no file stands behind: what is mapped from the base's files can be taken back by the system at any time, and is there once. */
    private static long ownMemory() {
        System.gc();
        try {
            Matcher line = PRIVATE.matcher(Files.readString(Path.of("/proc/self/status")));
            if (line.find()) {
                return Long.parseLong(line.group(1)) * 1024;
            }
        } catch (IOException e) {
            // no such file: not Linux
        }
        throw new GraftException(
                ErrorCode.DEVICE_UNAVAILABLE,
                "this system does not tell how much memory a process has for itself",
                Location.NONE,
                "Run this benchmark on Linux.");
    }
}
