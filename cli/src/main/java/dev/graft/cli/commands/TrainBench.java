package dev.graft.cli.commands;

import dev.graft.cli.bench.BundledSample;
import dev.graft.cli.bench.TrainingSteps;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import dev.graft.runtime.session.Device;
import dev.graft.tensor.DType;
import java.nio.file.Path;
import java.util.Map;

/** {@code graft bench train}. */
final class TrainBench {
    private static final int MOST = 1_000_000;

    private TrainBench() {}

    static int run(Invocation invocation) {
        Path model = invocation.arguments("BASE.onnx").isEmpty()
                ? BundledSample.find().model()
                : invocation.path("BASE.onnx");
        Device device = DeviceWord.of(invocation);
        TrainingSteps steps = new TrainingSteps(
                model,
                invocation.intOption("batch", 4, 1, MOST),
                invocation.intOption("length", 128, 2, MOST),
                invocation.intOption("rank", 16, 1, MOST),
                invocation.intOption("rounds", 20, 1, MOST),
                invocation.intOption("threads", 0, 1, 1024),
                device,
                format(invocation, device),
                invocation.intOption("updates-per-call", 1, 1, MOST));
        TrainingSteps.Result result = steps.measure(invocation.console().progress());
        print(steps, result, invocation.console());
        return 0;
    }

    private static DType format(Invocation invocation, Device device) {
        String name = invocation.option("format").orElse("float32");
        DType format = switch (name) {
            case "float32" -> DType.FLOAT32;
            case "float16" -> DType.FLOAT16;
            case "bfloat16" -> DType.BFLOAT16;
            default ->
                throw invocation.usageError("--format: expected float32, float16 or bfloat16, got '" + name + "'");
        };
        if (format != DType.FLOAT32 && !(device instanceof Device.Cuda)) {
            throw invocation.usageError("--format " + name + " is for --device cuda: a processor computes in float32");
        }
        return format;
    }

    private static void print(TrainingSteps steps, TrainingSteps.Result result, Console console) {
        if (console.json()) {
            console.resultAsJson(result);
            return;
        }
        console.result(steps.model().getFileName() + ", " + steps.batch() + " x " + steps.length() + " tokens, rank "
                + steps.rank() + " on all linear layers, " + Numbers.count(result.trainable()) + " values trained\n");
        Table table = Table.of("step", "").right(1);
        table.row("median", Numbers.seconds(result.median()));
        table.row("minimum", Numbers.seconds(result.minimum()));
        table.row("optimiser", Numbers.seconds(result.update()));
        result.inCalls()
                .ifPresent(seconds -> table.row("median in calls of " + steps.perCall(), Numbers.seconds(seconds)));
        table.row("tokens/s", Numbers.count(Math.round(result.tokensPerSecond())));
        result.peakMemoryMb().ifPresent(memory -> table.row("peak memory", Math.round(memory) + " MiB"));
        console.result(table.toText(console.tableWidth()));
        console.result(share("where a profiled step goes", result.breakdown().parts(), console));
        console.result(share("operator", result.breakdown().operators(), console));
    }

    private static String share(String title, Map<String, Double> seconds, Console console) {
        double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        Table table = Table.of(title, "time", "share").right(1, 2);
        seconds.forEach((name, value) -> table.row(name, Numbers.seconds(value), Numbers.percent(value / all)));
        return table.toText(console.tableWidth());
    }
}
