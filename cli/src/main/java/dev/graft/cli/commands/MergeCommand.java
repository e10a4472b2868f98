package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.flag;
import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Invocation;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.MergeReport;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import java.nio.file.Path;

/** {@code graft merge}: bakes adapters into a model's weights. */
final class MergeCommand implements Command {
    private static final int MOST_THREADS = 1024;

    @Override
    public CommandDescription description() {
        return CommandDescription.command("merge", "bake adapters into the weights: same files, same speed as the base")
                .details(
                        "Writes the base's files with the bytes of the target weights changed and nothing else. Several"
                                + " adapters are summed exactly. The base is never written to, and the output appears whole or"
                                + " not at all.")
                .arguments(Argument.required("BASE.onnx", "the model as exported"), AdapterWords.oneOrMore())
                .options(
                        valued("output", "OUT.onnx", "the merged model; its data files go beside it")
                                .shortName("o")
                                .mandatory(),
                        flag("unshare", "give a target that shares its weight with another consumer its own copy"),
                        flag("force", "replace an existing output"),
                        valued(
                                "threads",
                                "N",
                                "worker threads (default: one per processor; the bytes do not depend on it)"))
                .options(ResolveWords.OPTIONS)
                .options(AdapterWords.OPTIONS)
                .example("one adapter", "graft merge model.onnx my-lora/ -o merged.onnx")
                .example(
                        "two adapters, one of them at 30 %", "graft merge model.onnx style/ domain/@0.3 -o merged.onnx")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        Path output = invocation.pathOption("output").orElseThrow();
        ResolveWords.refuseAsOutput(invocation, output);
        Resolution resolution = Resolver.resolve(
                ModelScanner.scan(invocation.path("BASE.onnx")),
                AdapterWords.read(invocation),
                ResolveWords.read(invocation));
        resolution.warnings().forEach(invocation.console()::warn);
        int threads = invocation.intOption("threads", MergeOptions.defaults().threads(), 1, MOST_THREADS);
        MergeOptions options = new MergeOptions(invocation.has("unshare"), invocation.has("force"), threads);
        long start = System.nanoTime();
        MergeReport report =
                Merger.merge(resolution, output, options, invocation.console().progress());
        MergeSummary.print(
                report, resolution.warnings(), output, (System.nanoTime() - start) / 1e9, invocation.console());
        return 0;
    }
}
