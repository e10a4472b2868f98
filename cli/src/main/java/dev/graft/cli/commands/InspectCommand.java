package dev.graft.cli.commands;

import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.command.OptionDescription;
import dev.graft.cli.inspect.Inspection;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code graft inspect}: shows a model's targets, an adapter's modules, or how they fit. */
final class InspectCommand implements Command {
    private static final String SUBJECT = "MODEL|ADAPTER";
    private static final List<String> ADAPTER_ENDINGS = List.of(
            ".safetensors", ".onnx_adapter", ".json", ".bin", ".pt", ".pth", ".ckpt", ".zip", ".tar", ".gz", ".gguf");

    @Override
    public CommandDescription description() {
        return CommandDescription.command("inspect", "show a model's targets, an adapter's modules, or how both fit")
                .details(
                        "Reads headers only: the size of the weights does not matter. Layers that are alike are one line;"
                                + " --all lists each. With a model and adapters it shows what would match and why the rest"
                                + " would not, and exits with 1 if something would not.")
                .arguments(Argument.required(SUBJECT, "an ONNX model, or an adapter"), AdapterWords.any())
                .options(OptionDescription.flag("all", "list every module by itself"))
                .options(ResolveWords.OPTIONS)
                .options(AdapterWords.OPTIONS)
                .example("what can be adapted in a model", "graft inspect model.onnx")
                .example("what an adapter does", "graft inspect my-lora/")
                .example("would they fit", "graft inspect model.onnx my-lora/")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        Path subject = invocation.path(SUBJECT);
        ResolveOptions options = ResolveWords.read(invocation);
        Inspection inspection = new Inspection(invocation.console(), invocation.has("all"));
        if (isAdapter(subject)) {
            if (!invocation.arguments(AdapterWords.ADAPTER).isEmpty()) {
                throw invocation.usageError(
                        "'" + subject + "' is an adapter; expected the model first, then its adapters");
            }
            return inspection.showAdapter(AdapterWords.read(invocation, subject));
        }
        ModelIndex model = ModelScanner.scan(subject);
        return invocation.arguments(AdapterWords.ADAPTER).isEmpty()
                ? inspection.showModel(model)
                : inspection.showMatch(Resolver.attempt(model, AdapterWords.read(invocation), options));
    }

    /** Folders and the formats of adapters; everything else is read as a model, which says what is wrong with it. */
    private static boolean isAdapter(Path subject) {
        String name = String.valueOf(subject.getFileName()).toLowerCase(Locale.ROOT);
        return Files.isDirectory(subject) || ADAPTER_ENDINGS.stream().anyMatch(name::endsWith);
    }
}
