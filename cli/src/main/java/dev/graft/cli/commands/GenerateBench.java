package dev.graft.cli.commands;

import dev.graft.cli.bench.BundledSample;
import dev.graft.cli.bench.GenerationSpeed;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code graft bench generate}. */
final class GenerateBench {
    private static final int DEFAULT_TOKENS = 256;
    private static final int MOST = 1_000_000;

    private GenerateBench() {}

    static int run(Invocation invocation) {
        boolean bundled = invocation.arguments("BASE.onnx").isEmpty();
        Path base = bundled ? BundledSample.find().model() : invocation.path("BASE.onnx");
        List<String> adapters = bundled
                ? List.of(BundledSample.find().adapter().toString())
                : invocation.arguments(AdapterWords.ADAPTER);
        Optional<Resolution> resolution = adapters.isEmpty()
                ? Optional.empty()
                : Optional.of(Resolver.resolve(
                        ModelScanner.scan(base),
                        AdapterWords.read(invocation, adapters),
                        ResolveWords.read(invocation)));
        GenerationSpeed speed = new GenerationSpeed(
                invocation.intOption("length", DEFAULT_TOKENS, 2, MOST),
                invocation.intOption("rounds", 3, 1, MOST),
                invocation.intOption("threads", 0, 1, 1024));
        print(base, speed, speed.measure(base, resolution, invocation.console().progress()), invocation.console());
        return 0;
    }

    private static void print(Path base, GenerationSpeed speed, List<GenerationSpeed.Row> rows, Console console) {
        if (console.json()) {
            console.resultAsJson(rows);
            return;
        }
        console.result(base.getFileName() + ", " + speed.tokens() + " tokens, the likeliest each time, fastest of "
                + speed.rounds() + "\n");
        double slowest = rows.stream()
                .filter(row -> row.name().equals("base, no cache"))
                .mapToDouble(GenerationSpeed.Row::tokensPerSecond)
                .findFirst()
                .orElseThrow();
        Table table =
                Table.of("", "tokens/s", "first token", "/ base, no cache").right(1, 2, 3);
        for (GenerationSpeed.Row row : rows) {
            table.row(
                    row.name(),
                    Numbers.count(Math.round(row.tokensPerSecond())),
                    Numbers.seconds(row.timeToFirstToken()),
                    Numbers.ratio(row.tokensPerSecond() / slowest));
        }
        console.result(table.toText(console.tableWidth()));
    }
}
