package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.cli.bench.BundledSample;
import dev.graft.cli.bench.LatencyComparison;
import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.runtime.latency.LatencyReport;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code graft bench}: figures as ratios to the base, or to a copy of the same files. */
final class BenchCommand implements Command {
    private static final Set<String> ON_THE_PROCESSOR = Set.of("merge", "load", "generate");
    private static final int DEFAULT_ROUNDS = 200;
    private static final int MOST_ROUNDS = 1_000_000;
    private static final int MOST_THREADS = 1024;
    private static final double LARGEST_SIZE = 100;

    @Override
    public CommandDescription description() {
        return CommandDescription.command(
                        "bench", "measure merging, latency, batches, training, serving and generation in one run")
                .details(
                        "merge: writes a synthetic Llama of each size with an adapter of rank 16 on all linear layers, merges"
                                + " it, and compares with copying the same files; memory is the Java heap's peak. latency: base, merged,"
                                + " attached and a naive insertion of the branches, run in turn at batch 1. batched: an adapter per row of a batch against one for all rows, and against merging. train: steps on made-up tokens, and where"
                                + " their time goes. switch: what it costs to run with another adapter than before. load: what memory further variants of"
                                + " one base take, opened with an adapter merged in. generate: tokens per second with the cache and without, with an"
                                + " adapter merged and attached.")
                .arguments(
                        Argument.oneOf(
                                "WHAT",
                                "what to measure",
                                "merge",
                                "latency",
                                "batched",
                                "train",
                                "switch",
                                "load",
                                "generate"),
                        Argument.optional(
                                "BASE.onnx",
                                "latency, batched, train, generate: the model (default: the bundled sample)"),
                        AdapterWords.any())
                .options(
                        valued(
                                "sizes",
                                "GB,GB,...",
                                "merge, switch, load: sizes of the model (default: 0.1,1; 0.2; 1)"),
                        valued(
                                "folder",
                                "DIR",
                                "merge, load: where the files go for the time of the run (default: here)"),
                        valued("tokens", "N,N,...", "latency, batched: sequence lengths (default: 1,128)"),
                        valued(
                                "rounds",
                                "N",
                                "latency, batched: counted rounds (default: " + DEFAULT_ROUNDS + "); train: steps (20);"
                                        + " generate: texts (3)"),
                        valued("batch", "N", "train: rows of a step (default: 4); batched: rows (8)"),
                        valued("length", "N", "train: tokens of a row (default: 128); generate: of a text (256)"),
                        valued("rank", "N", "train: rank of the pairs (default: 16)"),
                        valued("updates-per-call", "N", "train: also measures calls that do so many updates"),
                        valued(
                                "format",
                                "NAME",
                                "train on cuda: float32, float16 or bfloat16 products (default: float32)"),
                        valued("threads", "N", "threads (default: one per processor)"))
                .options(DeviceWord.OPTION)
                .options(ResolveWords.OPTIONS)
                .options(AdapterWords.OPTIONS)
                .example("merge speed and memory up to 6 GB", "graft bench merge --sizes 0.1,1,6 --folder /data/tmp")
                .example("what each way of deploying costs", "graft bench latency model.onnx my-lora/")
                .example("what switching adapters costs", "graft bench switch --sizes 0.2")
                .example("what an adapter per row costs", "graft bench batched model.onnx my-lora/ --batch 8")
                .example("how fast training goes", "graft bench train model.onnx --batch 4 --length 128")
                .example("how fast text comes", "graft bench generate model.onnx my-lora/ --length 256")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        String what = invocation.argument("WHAT");
        if (ON_THE_PROCESSOR.contains(what) && invocation.option("device").isPresent()) {
            throw invocation.usageError(
                    "--device is for latency, batched, train and switch; " + what + " runs on the processor");
        }
        return switch (what) {
            case "merge" -> MergeBench.run(invocation, sizes(invocation, "0.1,1"));
            case "train" -> TrainBench.run(invocation);
            case "switch" -> ServingBench.switching(invocation, sizes(invocation, "0.2"));
            case "load" -> ServingBench.loading(invocation, sizes(invocation, "1"));
            case "generate" -> GenerateBench.run(invocation);
            default -> runs(invocation);
        };
    }

    private int runs(Invocation invocation) {
        Resolution resolution = resolution(invocation);
        List<Integer> tokens = numbers(invocation, "tokens", "1,128").stream()
                .map(Double::intValue)
                .toList();
        int rounds = invocation.intOption("rounds", DEFAULT_ROUNDS, 1, MOST_ROUNDS);
        SessionSettings settings = settings(invocation);
        if (invocation.argument("WHAT").equals("batched")) {
            return BatchedBench.run(invocation, resolution, tokens, rounds, settings);
        }
        Map<Integer, LatencyReport> reports = new LatencyComparison(rounds, settings)
                .measure(resolution, tokens, invocation.console().progress());
        print(reports, resolution, invocation.console());
        return 0;
    }

    /** Threads and device of what is measured. */
    static SessionSettings settings(Invocation invocation) {
        return SessionSettings.DEFAULT
                .withIntraOpThreads(invocation.intOption("threads", 0, 1, MOST_THREADS))
                .on(DeviceWord.of(invocation));
    }

    private static Resolution resolution(Invocation invocation) {
        if (invocation.arguments("BASE.onnx").isEmpty()) {
            BundledSample sample = BundledSample.find();
            return Resolver.resolve(
                    ModelScanner.scan(sample.model()),
                    AdapterWords.read(invocation, List.of(sample.adapter().toString())),
                    ResolveWords.read(invocation));
        }
        if (invocation.arguments(AdapterWords.ADAPTER).isEmpty()) {
            throw invocation.usageError(
                    invocation.argument("WHAT") + " needs an adapter for " + invocation.argument("BASE.onnx"));
        }
        Path base = invocation.path("BASE.onnx");
        return Resolver.resolve(ModelScanner.scan(base), AdapterWords.read(invocation), ResolveWords.read(invocation));
    }

    private static void print(Map<Integer, LatencyReport> reports, Resolution resolution, Console console) {
        if (console.json()) {
            console.resultAsJson(reports);
            return;
        }
        console.result(resolution.model().file() + " with " + LatencyComparison.describe(resolution.adapters()) + ", "
                + Numbers.plural(resolution.bindings().size(), "target") + ", batch 1\n");
        reports.forEach(
                (tokens, report) -> console.result(table(tokens, "base", report).toText(console.tableWidth())));
    }

    static Table table(int tokens, String first, LatencyReport report) {
        Table table = Table.of(
                        Numbers.plural(tokens, "token"),
                        "minimum",
                        "median",
                        "99 %",
                        "minimum / " + first,
                        "median / " + first)
                .right(1, 2, 3, 4, 5);
        for (LatencyReport.Row row : report.rows()) {
            table.row(
                    row.name(),
                    Numbers.seconds(row.minimum() / 1e3),
                    Numbers.seconds(row.median() / 1e3),
                    Numbers.seconds(row.percentile99() / 1e3),
                    Numbers.ratio(row.minimumRatio()),
                    Numbers.ratio(row.medianRatio()));
        }
        return table;
    }

    private static List<Double> sizes(Invocation invocation, String otherwise) {
        List<Double> sizes = numbers(invocation, "sizes", otherwise);
        if (sizes.stream().anyMatch(size -> size > LARGEST_SIZE)) {
            throw invocation.usageError("--sizes: expected at most " + Numbers.significant(LARGEST_SIZE) + " GB each");
        }
        return sizes;
    }

    private static List<Double> numbers(Invocation invocation, String option, String otherwise) {
        String text = invocation.option(option).orElse(otherwise);
        if (!text.matches("[0-9]{1,6}(\\.[0-9]{1,6})?(,[0-9]{1,6}(\\.[0-9]{1,6})?)*")
                || text.matches("(.*,)?[0.]+(,.*)?")) {
            throw invocation.usageError(
                    "--" + option + ": expected positive numbers separated by commas, got '" + text + "'");
        }
        return java.util.stream.Stream.of(text.split(",", -1))
                .map(Double::valueOf)
                .toList();
    }
}
