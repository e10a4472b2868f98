package dev.graft.cli.bench;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.convert.AdapterConverter;
import dev.graft.adapter.format.convert.TargetFormat;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.synthetic.SyntheticLlama;
import dev.graft.io.Progress;
import dev.graft.io.TemporaryFolder;
import dev.graft.runtime.adapters.AdapterRuntime;
import dev.graft.runtime.adapters.RuntimeSettings;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.inputs.SampleSize;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.tensor.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Times what it costs to switch adapters between runs of one token, on a synthetic Llama with an adapter of rank 16 for all linear layers.
 *
 * @param modelBytes about how large the model is; an adapter is a twentieth of it
 * @param rounds counted rounds
 * @param settings of the session
 */
public record SwitchingCost(long modelBytes, int rounds, SessionSettings settings) {
    private static final String FIRST = "first";
    private static final String SECOND = "second";

    /**
     * What was measured: medians, in seconds.
     *
     * @param model bytes of the model
     * @param adapter bytes of one adapter's tensors
     * @param base a run without an adapter
     * @param staying a run with the adapter of the run before
     * @param switching a run with another cached adapter than the run before
     * @param loadMapped reading, checking and mapping an .onnx_adapter
     * @param loadPeft reading, checking, transposing and copying a PEFT folder
     * @param mix composing two adapters, at the mix's first use
     */
    public record Result(
            long model,
            long adapter,
            double base,
            double staying,
            double switching,
            double loadMapped,
            double loadPeft,
            double mix) {}

    /** Measures, in a temporary folder. */
    public Result measure(Progress progress) {
        progress.begin("making a model", 1);
        try (TemporaryFolder folder = TemporaryFolder.create("bench")) {
            SyntheticLlama.Written base =
                    SyntheticLlama.write(folder.path().resolve("base"), modelBytes, DType.FLOAT32);
            Adapter adapter = AdapterFiles.readAdapter(base.adapter(), ReadOptions.DEFAULT);
            Path attached = folder.path().resolve("attached").resolve("model.onnx");
            Attacher.attach(
                    Resolver.resolve(
                            ModelScanner.scan(base.model()),
                            List.of(WeightedAdapter.of(adapter)),
                            ResolveOptions.DEFAULT),
                    attached,
                    AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT),
                    Progress.NONE);
            Path file = folder.path().resolve("adapter.onnx_adapter");
            AdapterConverter.convert(adapter, file, TargetFormat.ONNX_ADAPTER, NameStyle.OLIVE, false);
            progress.advance(1);
            try (AdapterRuntime runtime = AdapterRuntime.open(attached, RuntimeSettings.DEFAULT.with(settings))) {
                return measure(runtime, base, file, progress);
            }
        }
    }

    private Result measure(AdapterRuntime runtime, SyntheticLlama.Written base, Path file, Progress progress) {
        double mapped = median(20, i -> runtime.put(FIRST, file));
        double peft = median(5, i -> runtime.put(SECOND, base.adapter()));
        long bytes = runtime.loadedBytes() / 2;
        Map<String, HostTensor> token =
                SampleInputs.of(runtime.session().inputs(), InputHints.NONE).make(new SampleSize(1, 1), 1);
        double mix = median(
                5, i -> runtime.lease(AdapterMix.of(FIRST, 1 + i, SECOND, 0.5)).close());
        double[][] seconds = new double[3][rounds];
        progress.begin("switching", rounds);
        // in turn, so that what disturbs the machine disturbs all of them alike
        for (int i = -rounds / 10; i < rounds; i++) {
            double without = seconds(() -> runtime.run(token, AdapterMix.BASE));
            runtime.run(token, FIRST);
            double stayed = seconds(() -> runtime.run(token, FIRST));
            double switched = seconds(() -> runtime.run(token, SECOND));
            if (i >= 0) {
                seconds[0][i] = without;
                seconds[1][i] = stayed;
                seconds[2][i] = switched;
                progress.advance(1);
            }
        }
        progress.end();
        return new Result(
                base.bytes(), bytes, median(seconds[0]), median(seconds[1]), median(seconds[2]), mapped, peft, mix);
    }

    private interface Round {
        void run(int number);
    }

    private static double median(int rounds, Round round) {
        double[] seconds = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            int number = i;
            seconds[i] = seconds(() -> round.run(number));
        }
        return median(seconds);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }
}
