package dev.graft.cli.commands;

import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.command.OptionDescription;

/** {@code graft inspect}: shows a model's targets, an adapter's modules, or how they fit. */
final class InspectCommand implements Command {
    private static final String SUBJECT = "MODEL|ADAPTER";

    @Override
    public CommandDescription description() {
        return CommandDescription.command("inspect", "show a model's targets, an adapter's modules, or how both fit")
                .details("Reads headers only: the size of the weights does not matter. Layers that are alike are one line;"
                        + " --all lists each. With a model and adapters it shows what would match and why the rest"
                        + " would not, and exits with 1 if something would not.")
                .arguments(
                        Argument.required(SUBJECT, "an ONNX model, or an adapter"),
                        AdapterWords.any())
                .options(
                        OptionDescription.flag("all", "list every module by itself"))
                .options(ResolveWords.OPTIONS)
                .options(AdapterWords.OPTIONS)
                .example("what can be adapted in a model", "graft inspect model.onnx")
                .example("what an adapter does", "graft inspect my-lora/")
                .example("would they fit", "graft inspect model.onnx my-lora/")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        return new dev.graft.cli.inspect.Inspection(invocation.console(), invocation.has("all"))
                .showAdapter(AdapterWords.read(invocation, invocation.path(SUBJECT)));
    }
}
