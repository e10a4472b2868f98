package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.flag;
import static dev.graft.cli.command.OptionDescription.oneOf;
import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.convert.AdapterConverter;
import dev.graft.adapter.format.convert.TargetFormat;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.tensor.DType;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code graft convert}: writes an adapter in another format. */
final class ConvertCommand implements Command {
    private static final Pattern FILE_ENDING = Pattern.compile("\\.[A-Za-z_]{2,16}$");

    @Override
    public CommandDescription description() {
        return CommandDescription.command("convert", "write an adapter in another format")
                .details(
                        "Reads PEFT folders, .onnx_adapter, loralib and kohya files; writes PEFT folders and .onnx_adapter."
                                + " PEFT keeps each module's scaling; an .onnx_adapter has no place for one, so it is folded into B."
                                + " What the target format cannot say is refused, never left out.")
                .arguments(Argument.required("ADAPTER", "the adapter to read"))
                .options(
                        valued("output", "OUT", "a folder for peft, a file for onnx_adapter")
                                .shortName("o")
                                .mandatory(),
                        oneOf("to", "the format (default: by the name of OUT)", "peft", "onnx_adapter"),
                        oneOf("names", "tensor names in an .onnx_adapter (default: olive)", "olive", "genai"),
                        oneOf(
                                "dtype",
                                "the numbers' format (default: as they are); an .onnx_adapter must have that of the"
                                        + " model's inputs",
                                "float32",
                                "float16",
                                "bfloat16"),
                        flag("force", "replace an existing output"))
                .options(AdapterWords.OPTIONS)
                .example("for ONNX Runtime's LoraAdapter", "graft convert my-lora/ -o my-lora.onnx_adapter")
                .example(
                        "for a model in half precision",
                        "graft convert my-lora/ -o my-lora.onnx_adapter --dtype float16")
                .example("a kohya file for PEFT", "graft convert style.safetensors -o style-peft --to peft")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        Path output = invocation.pathOption("output").orElseThrow();
        TargetFormat target = target(invocation, output);
        NameStyle names =
                NameStyle.valueOf(invocation.option("names").orElse("olive").toUpperCase(Locale.ROOT));
        Adapter adapter = AdapterWords.read(invocation, invocation.path("ADAPTER"));
        Optional<DType> dtype = invocation.option("dtype").map(word -> DType.valueOf(word.toUpperCase(Locale.ROOT)));
        AdapterConverter.convert(adapter, output, target, names, dtype, invocation.has("force"));
        if (invocation.console().json()) {
            invocation
                    .console()
                    .resultAsJson(new Document(output, target, adapter.changes().size()));
        } else {
            invocation
                    .console()
                    .result("wrote " + output + ": "
                            + Numbers.plural(adapter.changes().size(), "module"));
        }
        return 0;
    }

    private static TargetFormat target(Invocation invocation, Path output) {
        String word = invocation.option("to").orElseGet(() -> formatOf(invocation, output));
        return TargetFormat.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** A PEFT adapter is a folder: a name like a file's of another kind was meant otherwise. */
    private static String formatOf(Invocation invocation, Path output) {
        String name = String.valueOf(output.getFileName());
        if (name.endsWith(".onnx_adapter")) {
            return "onnx_adapter";
        }
        if (FILE_ENDING.matcher(name).find()) {
            throw invocation.usageError(
                    "the format does not follow from the name " + name
                            + ": name a folder for peft, a file that ends in .onnx_adapter, or say --to peft or --to onnx_adapter");
        }
        return "peft";
    }

    /** The JSON document. */
    record Document(Path output, TargetFormat format, int modules) {}
}
