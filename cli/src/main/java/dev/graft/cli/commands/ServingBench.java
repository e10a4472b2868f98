package dev.graft.cli.commands;

import dev.graft.cli.bench.SharedBase;
import dev.graft.cli.bench.SwitchingCost;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** {@code graft bench switch} and {@code graft bench load}. */
final class ServingBench {
    private static final double BYTES_IN_GIGABYTE = 1e9;

    private ServingBench() {}

    /** What switching adapters between runs costs. */
    static int switching(Invocation invocation, List<Double> sizes) {
        Console console = invocation.console();
        List<SwitchingCost.Result> results = sizes.stream()
                .map(size -> new SwitchingCost(
                                (long) (size * BYTES_IN_GIGABYTE),
                                invocation.intOption("rounds", 200, 1, 1_000_000),
                                BenchCommand.settings(invocation))
                        .measure(console.progress()))
                .toList();
        return tell(results, console, result -> print(result, console));
    }

    private static <T> int tell(List<T> results, Console console, Consumer<T> print) {
        if (console.json()) {
            console.resultAsJson(results);
        } else {
            results.forEach(print);
        }
        return 0;
    }

    private static void print(SwitchingCost.Result result, Console console) {
        console.result("a model of " + Numbers.bytes(result.model()) + ", adapters of "
                + Numbers.bytes(result.adapter()) + ", one token\n");
        Table table = Table.of("median", "").right(1);
        table.row("run, base", Numbers.seconds(result.base()));
        table.row("run, the same adapter as before", Numbers.seconds(result.staying()));
        table.row("run, another adapter than before", Numbers.seconds(result.switching()));
        table.row("switching", Numbers.seconds(Math.max(0, result.switching() - result.staying())));
        table.row("load an .onnx_adapter", Numbers.seconds(result.loadMapped()));
        table.row("load a PEFT folder", Numbers.seconds(result.loadPeft()));
        table.row("compose a mix of two", Numbers.seconds(result.mix()));
        console.result(table.toText(console.tableWidth()));
    }

    /** What further variants of one base take. */
    static int loading(Invocation invocation, List<Double> sizes) {
        Console console = invocation.console();
        Path folder = invocation.pathOption("folder").orElse(Path.of("")).toAbsolutePath();
        List<SharedBase.Result> results = sizes.stream()
                .map(size -> new SharedBase((long) (size * BYTES_IN_GIGABYTE), folder).measure(console.progress()))
                .toList();
        return tell(results, console, result -> print(result, console));
    }

    private static void print(SharedBase.Result result, Console console) {
        console.result("a base of " + Numbers.bytes(result.base()) + "; each variant changes "
                + Numbers.bytes(result.changed()) + " of it\n");
        Table table = Table.of("variant", "memory added", "added / changed", "opened in")
                .right(0, 1, 2, 3);
        long before = result.before();
        for (int i = 0; i < result.after().size(); i++) {
            long added = result.after().get(i) - before;
            before = result.after().get(i);
            table.row(
                    Integer.toString(i + 1),
                    Numbers.bytes(added),
                    Numbers.ratio((double) added / result.changed()),
                    Numbers.seconds(result.seconds().get(i)));
        }
        console.result(table.toText(console.tableWidth()));
    }
}
