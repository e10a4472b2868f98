package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.flag;
import static dev.graft.cli.command.OptionDescription.oneOf;
import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.cli.command.Argument;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.attach.SlotCapacity;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.OriginalNames;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code graft attach}: adds low-rank side branches beside the base's weights. */
final class AttachCommand implements Command {
    @Override
    public CommandDescription description() {
        return CommandDescription.command("attach", "add an adapter as side branches, fixed or switched at run time")
                .details("The base's weights stay as they are; external data is shared, not copied. Style constant"
                        + " holds one adapter and costs least. Style input makes A and B inputs of rank 0 by default:"
                        + " without an adapter the outputs are the base's bit for bit, and ONNX Runtime switches"
                        + " .onnx_adapter files of any rank in and out of a loaded session. Style batched has"
                        + " slots for several adapters at a time, and every row of a batch says which one it uses.")
                .arguments(
                        Argument.required("BASE.onnx", "the model as exported; may be quantised"), AdapterWords.any())
                .options(
                        valued("output", "OUT.onnx", "the attached model")
                                .shortName("o")
                                .mandatory(),
                        oneOf(
                                "style",
                                "how A and B get into the model (default: constant)",
                                "constant",
                                "input",
                                "batched"),
                        oneOf("names", "tensor names for styles input and batched (default: olive)", "olive", "genai"),
                        valued(
                                "targets",
                                "REGEX|all-linear",
                                "further modules that get inputs for later adapters (styles input, batched)"),
                        valued("slots", "N", "style batched: adapters at a time, besides the base (default: 8)"),
                        valued(
                                "max-rank",
                                "R",
                                "style batched: the largest rank (default: 16, or the given adapter's if that is larger)"),
                        flag(
                                "copy-data",
                                "give the output data files of its own; without it they are hard links to the base's,"
                                        + " which Python's onnx.load refuses, for the base too"),
                        flag("force", "replace an existing output"))
                .options(ResolveWords.OPTIONS)
                .options(AdapterWords.OPTIONS)
                .example("one adapter for good", "graft attach model.onnx my-lora/ -o attached.onnx")
                .example(
                        "adapters switched at run time", "graft attach model.onnx my-lora/ -o multi.onnx --style input")
                .example(
                        "room for adapters that do not exist yet",
                        "graft attach model.onnx -o multi.onnx --style input --targets all-linear")
                .example(
                        "an adapter of its own for every row of a batch",
                        "graft attach model.onnx -o batched.onnx --style batched --targets all-linear --slots 8 --max-rank 16")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        AttachStyle style = AttachStyle.valueOf(word(invocation, "style", "constant"));
        requireFitting(invocation, style);
        ModelIndex model = ModelScanner.scan(invocation.path("BASE.onnx"));
        List<WeightedAdapter> adapters = AdapterWords.read(invocation);
        Resolution resolution = Resolver.resolve(model, adapters, ResolveWords.read(invocation));
        List<Slot> slots = invocation
                .option("targets")
                .map(words -> slots(resolution, words))
                .orElse(List.of());
        NameStyle names = NameStyle.valueOf(word(invocation, "names", "olive"));
        AttachOptions options = AttachOptions.DEFAULT
                .withStyle(style)
                .withNames(names)
                .withSlots(slots)
                .withCapacity(capacity(invocation, adapters));
        options = invocation.has("copy-data") ? options.withCopiedData() : options;
        options = invocation.has("force") ? options.withForce() : options;
        Path output = invocation.pathOption("output").orElseThrow();
        ResolveWords.refuseAsOutput(invocation, output);
        AttachReport report = Attacher.attach(
                resolution, output, options, invocation.console().progress());
        print(report, resolution, invocation.console());
        return 0;
    }

    private static void requireFitting(Invocation invocation, AttachStyle style) {
        if (style == AttachStyle.CONSTANT && invocation.has("targets")) {
            throw invocation.usageError(
                    "--targets needs --style input or batched: a constant branch needs an adapter's values");
        }
        if (style != AttachStyle.BATCHED && (invocation.has("slots") || invocation.has("max-rank"))) {
            throw invocation.usageError("--slots and --max-rank need --style batched: other styles have no slots");
        }
        if (invocation.arguments(AdapterWords.ADAPTER).isEmpty() && !invocation.has("targets")) {
            throw invocation.usageError("nothing to attach: give an adapter, or --style input with --targets");
        }
    }

    private static SlotCapacity capacity(Invocation invocation, List<WeightedAdapter> adapters) {
        int largest = adapters.stream()
                .flatMap(weighted -> weighted.adapter().lowRankChanges().stream())
                .mapToInt(change -> (int) Math.min(change.rank(), SlotCapacity.MOST))
                .max()
                .orElse(0);
        return new SlotCapacity(
                invocation.intOption("slots", SlotCapacity.DEFAULT.slots(), 1, SlotCapacity.MOST),
                invocation.intOption(
                        "max-rank", Math.max(largest, SlotCapacity.DEFAULT.maxRank()), 1, SlotCapacity.MOST));
    }

    /** The slots that the words name, without the modules that the adapters have already. */
    private static List<Slot> slots(Resolution resolution, String words) {
        Set<String> taken = resolution.bindings().stream()
                .map(Binding::module)
                .map(OriginalNames.of(resolution.model()))
                .collect(Collectors.toSet());
        return Slots.select(resolution.model(), words).stream()
                .filter(slot -> !taken.contains(slot.module()))
                .toList();
    }

    private static String word(Invocation invocation, String option, String otherwise) {
        return invocation.option(option).orElse(otherwise).toUpperCase(Locale.ROOT);
    }

    private static void print(AttachReport report, Resolution resolution, Console console) {
        report.warnings().forEach(console::warn);
        if (console.json()) {
            console.resultAsJson(Document.of(report));
            return;
        }
        String done = resolution.bindings().isEmpty() ? "made room for adapters at " : "attached ";
        // several adapters may change one module
        long targets = report.targets().stream()
                .map(AttachReport.AttachedTarget::module)
                .distinct()
                .count();
        console.result(done + Numbers.plural(targets, "target") + " in " + report.output() + ", "
                + Numbers.plural(report.nodesAdded(), "node") + " more than the base");
        report.adapter().ifPresent(file -> console.result("  the adapter for it: " + file));
        report.shared()
                .forEach(
                        file -> console.note(
                                file.getFileName() + " is a hard link to the base's: it takes no space, but"
                                        + " Python's onnx.load refuses both models while it is there; --copy-data makes a copy"));
    }

    /** The JSON document. */
    record Document(
            Path output,
            List<Path> files,
            List<Path> shared,
            java.util.Optional<Path> adapter,
            List<AttachReport.AttachedTarget> targets,
            int nodesAdded,
            List<String> warnings) {
        static Document of(AttachReport report) {
            return new Document(
                    report.output(),
                    report.files(),
                    report.shared(),
                    report.adapter(),
                    report.targets(),
                    report.nodesAdded(),
                    report.warnings());
        }
    }
}
