package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.cli.bench.BundledSample;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code graft demo}: the whole story on the bundled sample, by running the commands that a person would. */
final class DemoCommand implements Command {
    private static final String MARK = "made-by-graft-demo.txt";
    private static final String PROMPT = "This morning the harbour";
    private static final String TOKENS = "90";

    @Override
    public CommandDescription description() {
        return CommandDescription.command("demo", "the whole story on a small language model, in under a minute")
                .details("Runs inspect, merge, attach, verify and generate on the model that comes with Graft: a small"
                        + " transformer that writes calm harbour scenes, and an adapter that teaches it another voice. Each"
                        + " step shows the command to type. Writes to one folder and nothing else.")
                .options(valued("output", "DIR", "where to write (default: ./graft-demo)")
                        .shortName("o"))
                .example("in the current folder", "graft demo")
                .example("somewhere else", "graft demo -o /tmp/demo")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        BundledSample sample = BundledSample.find();
        Path folder = invocation.pathOption("output").orElse(Path.of("graft-demo"));
        prepare(folder);
        Story story = new Story(invocation.console(), sample, folder);
        int exitCode = story.tell();
        if (exitCode == 0 && invocation.console().json()) {
            invocation.console().resultAsJson(new Document(folder, story.report()));
        }
        return exitCode;
    }

    /** The JSON document. */
    record Document(Path folder, Path report) {}

    /** Makes the folder, or takes one that an earlier demo has made; any other that holds something is left alone. */
    private static void prepare(Path folder) {
        try {
            Path mark = folder.resolve(MARK);
            if (Files.exists(folder) && !Files.isRegularFile(mark) && !isEmpty(folder)) {
                throw new GraftException(
                        ErrorCode.OUTPUT_EXISTS,
                        "the folder exists and was not made by graft demo",
                        Location.ofFile(folder),
                        "Choose another one with --output.");
            }
            Files.createDirectories(folder);
            Files.writeString(
                    mark, "This folder was made by graft demo, which may replace its files. Delete it at will.\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    /** The steps; the first that fails ends it. */
    private record Story(Console console, BundledSample sample, Path folder) {
        Path report() {
            return folder.resolve("report.html");
        }

        int tell() {
            String base = shown(sample.model());
            String adapter = shown(sample.adapter());
            String tokenizer = shown(sample.tokenizer());
            String merged = shown(folder.resolve("merged.onnx"));
            String attached = shown(folder.resolve("attached.onnx"));
            List<Step> steps = List.of(
                    new Step(
                            "A small language model, exported to ONNX, writes about a harbour:",
                            List.of("generate", base, "--prompt", PROMPT, "--tokens", TOKENS)),
                    new Step(
                            "Somebody trained a LoRA adapter for it in PyTorch. Where would it go in the ONNX file?",
                            List.of("inspect", base, adapter)),
                    new Step(
                            "Merge: bake it into the weights. Same graph, same size, same speed, another model:",
                            List.of("merge", base, adapter, "-o", merged, "--force")),
                    new Step(
                            "The same prompt again:",
                            List.of(
                                    "generate",
                                    merged,
                                    "--prompt",
                                    PROMPT,
                                    "--tokens",
                                    TOKENS,
                                    "--tokenizer",
                                    tokenizer)),
                    new Step(
                            "Attach: keep the base as it is and make adapters switchable at run time:",
                            List.of("attach", base, adapter, "-o", attached, "--style", "input", "--force")),
                    new Step(
                            "Without an adapter that file is the base, bit for bit. Here another adapter is switched in:",
                            List.of(
                                    "generate",
                                    attached,
                                    "--prompt",
                                    PROMPT,
                                    "--tokens",
                                    TOKENS,
                                    "--tokenizer",
                                    tokenizer,
                                    "--adapter",
                                    shown(sample.otherAdapter()))),
                    new Step(
                            "Is all that true? Verify: bytes, weights and outputs against a float64 reference:",
                            List.of(
                                    "verify",
                                    base,
                                    adapter,
                                    "--merged",
                                    merged,
                                    "--attached",
                                    attached,
                                    "--report",
                                    shown(report()))));
            for (int i = 0; i < steps.size(); i++) {
                int exitCode = run(i + 1, steps.get(i));
                if (exitCode != 0) {
                    return exitCode;
                }
            }
            say("\nEverything is in " + shown(folder) + ". Open the report in a browser:\n"
                    + report().toAbsolutePath().normalize());
            return 0;
        }

        private int run(int number, Step step) {
            say((number == 1 ? "" : "\n") + number + ". " + step.words());
            say("   $ graft "
                    + String.join(
                            " ", step.command().stream().map(Story::quoted).toList()) + "\n");
            List<String> words = new ArrayList<>(step.command());
            words.add("--quiet");
            return console.run(Commands.all(), words);
        }

        private void say(String text) {
            if (console.json()) {
                console.note(text);
            } else {
                console.result(text);
            }
        }

        private static String quoted(String word) {
            return word.matches("[A-Za-z0-9_./@:+=-]+") ? word : "'" + word + "'";
        }

        /** A path as a person would type it here. */
        private static String shown(Path path) {
            Path here = Path.of("").toAbsolutePath();
            Path there = path.toAbsolutePath().normalize();
            return there.startsWith(here) && !there.equals(here)
                    ? here.relativize(there).toString()
                    : path.toString();
        }
    }

    /**
     * One step.
     *
     * @param words what it shows
     * @param command the words behind graft
     */
    private record Step(String words, List<String> command) {}
}
