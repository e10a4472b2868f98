package dev.graft.attach;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoraAdapter;
import ai.onnxruntime.OrtSession;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.attach.AttachForm;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Times base, naive insertion (MatMul, MatMul, Mul, Add per target) and both styles, interleaved: {@code AttachLatency MODEL ADAPTER
 * SECONDS THREADS}. Overheads are medians of differences to the base's run in the same round.
 */
final class AttachLatency {
    private AttachLatency() {}

    public static void main(String[] arguments) throws Exception {
        Path model = Path.of(arguments[0]);
        Resolution resolution = Resolver.resolve(
                ModelScanner.scan(model),
                List.of(WeightedAdapter.of(AdapterFiles.readAdapter(Path.of(arguments[1]), ReadOptions.DEFAULT))),
                ResolveOptions.DEFAULT);
        Path folder = Files.createTempDirectory(model.toAbsolutePath().getParent(), "latency");
        Path naive = folder.resolveSibling("latency-naive.onnx");
        insertNaively(resolution, naive);
        Path constant = folder.resolveSibling("latency-constant.onnx");
        AttachOptions options = AttachOptions.DEFAULT.withForce();
        Attacher.attach(resolution, constant, options, Progress.NONE);
        Path beside = folder.resolveSibling("latency-beside.onnx");
        Attacher.attach(resolution, beside, options.withForm(AttachForm.BESIDE), Progress.NONE);
        Path input = folder.resolveSibling("latency-input.onnx");
        AttachReport slots = Attacher.attach(resolution, input, options.withStyle(AttachStyle.INPUT), Progress.NONE);
        Files.delete(folder);
        List<Candidate> candidates = List.of(
                new Candidate("base", model, null, arguments[3]),
                new Candidate("naive", naive, null, arguments[3]),
                new Candidate("constant", constant, null, arguments[3]),
                new Candidate("constant, beside", beside, null, arguments[3]),
                new Candidate("input", input, slots.adapter().orElseThrow(), arguments[3]),
                new Candidate("input, no adapter", input, null, arguments[3]));
        for (int tokens : new int[] {1, 128}) {
            time(candidates, tokens, Double.parseDouble(arguments[2]));
        }
    }

    private static void time(List<Candidate> candidates, int tokens, double seconds) throws Exception {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        candidates.forEach(candidate -> times.put(candidate.name, new ArrayList<>()));
        Random random = new Random(1);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int round = 0; System.nanoTime() < end || round < 20; round++) {
            // what runs before leaves its weights in the caches: each round has another order
            List<Candidate> order = new ArrayList<>(candidates);
            Collections.shuffle(order, random);
            for (Candidate candidate : order) {
                double time = candidate.run(tokens);
                if (round >= 10) {
                    times.get(candidate.name).add(time);
                }
            }
        }
        double naive = overhead(times, "naive");
        times.forEach((name, all) -> System.out.printf(
                "%d tokens  %-18s min %8.1f us  median %8.1f us  overhead %7.1f us  of naive's %5.2f (min %5.2f)%n",
                tokens,
                name,
                all.stream().mapToDouble(x -> x).min().orElseThrow(),
                median(all),
                overhead(times, name),
                overhead(times, name) / naive,
                (min(all) - min(times.get("base"))) / (min(times.get("naive")) - min(times.get("base")))));
    }

    private static double overhead(Map<String, List<Double>> times, String name) {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < times.get(name).size(); i++) {
            differences.add(times.get(name).get(i) - times.get("base").get(i));
        }
        return median(differences);
    }

    private static double min(List<Double> values) {
        return values.stream().mapToDouble(x -> x).min().orElseThrow();
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(x -> x).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** A session with its feeds. */
    private static final class Candidate {
        private final String name;
        private final OrtSession session;
        private final OrtSession.RunOptions run = new OrtSession.RunOptions();
        private final Map<Integer, Map<String, OnnxTensorLike>> feeds = new LinkedHashMap<>();

        Candidate(String name, Path model, @Nullable Path adapter, String threads) throws Exception {
            this.name = name;
            OrtSession.SessionOptions options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(Integer.parseInt(threads));
            session = OrtEnvironment.getEnvironment().createSession(model.toString(), options);
            if (adapter != null) {
                run.addActiveLoraAdapter(OrtLoraAdapter.create(adapter.toString()));
            }
        }

        double run(int tokens) throws Exception {
            Map<String, OnnxTensorLike> inputs = feeds.get(tokens);
            if (inputs == null) {
                inputs = new LinkedHashMap<>();
                long[] ones = new long[tokens];
                Arrays.fill(ones, 1);
                for (String input : session.getInputNames()) {
                    inputs.put(
                            input,
                            OnnxTensor.createTensor(
                                    OrtEnvironment.getEnvironment(), LongBuffer.wrap(ones), new long[] {1, tokens}));
                }
                feeds.put(tokens, inputs);
            }
            long start = System.nanoTime();
            try (OrtSession.Result result = session.run(inputs, run)) {
                return (System.nanoTime() - start) / 1e3;
            }
        }
    }

    /** What an exporter of PEFT's unmerged module writes. */
    private static void insertNaively(Resolution resolution, Path output) {
        OnnxModel model = ModelReader.read(resolution.model().file());
        GraphEditor editor = new GraphEditor(model);
        for (Binding binding : resolution.bindings()) {
            LowRankChange change = (LowRankChange) binding.change();
            Value product =
                    model.graph().find(binding.site().node().outputs().get(0)).orElseThrow();
            Node node = product.producer().orElseThrow();
            Value base = editor.divertOutput(node, 0, product.name() + "_base");
            GraphBuilder g = editor.after(node).named(binding.module());
            Value a = g.initializer("A", change.a().inFormat(DType.FLOAT32).transposed());
            Value b = g.initializer("B", change.b().inFormat(DType.FLOAT32).transposed());
            Value delta = g.matMul(g.matMul(node.input(0), a), b);
            Value scaled = g.mul(delta, g.scalar(DType.FLOAT32, change.scaling()));
            g.nodeFor(product, "Add", "", List.of(base, scaled), List.of());
        }
        ModelWriter.write(model, output);
    }
}
