package dev.graft.cli.commands;

import dev.graft.cli.bench.BundledSample;
import dev.graft.cli.command.Console;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of {@code graft demo}; the first that fails ends it.
 *
 * @param console where it is told
 * @param sample what it is told of
 * @param folder where the files go
 */
record DemoStory(Console console, BundledSample sample, Path folder) {
    private static final String PROMPT = "This morning the harbour";
    private static final String TOKENS = "90";

    /**
     * One step.
     *
     * @param words what it shows
     * @param command the words behind graft
     * @param quiet whether nothing but its result is shown
     */
    private record Step(String words, List<String> command, boolean quiet) {
        static Step of(String words, List<String> command) {
            return new Step(words, command, true);
        }
    }

    /** The adapter that is trained here. */
    Path adapter() {
        return folder.resolve("pirate");
    }

    /** The report of what was verified. */
    Path report() {
        return folder.resolve("report.html");
    }

    int tell() {
        List<Step> steps = steps();
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

    private List<Step> steps() {
        String base = shown(sample.model());
        String adapter = shown(adapter());
        String merged = shown(folder.resolve("merged.onnx"));
        String attached = shown(folder.resolve("attached.onnx"));
        return List.of(
                Step.of("A small language model, exported to ONNX, writes about a harbour:", generate(base)),
                new Step(
                        "Teach it to speak as pirates do. It learns from 900 short texts, on the ONNX file, with stock ONNX Runtime:",
                        train(adapter),
                        false),
                Step.of(
                        "What came out is a LoRA adapter. Where does it go in the ONNX file?",
                        List.of("inspect", base, adapter)),
                Step.of(
                        "Merge: bake it into the weights. Same graph, same size, same speed, another model:",
                        List.of("merge", base, adapter, "-o", merged, "--force")),
                Step.of("The same prompt again:", generate(merged)),
                Step.of(
                        "Attach: keep the base as it is and make adapters switchable at run time:",
                        List.of("attach", base, adapter, "-o", attached, "--style", "input", "--force")),
                Step.of(
                        "Without an adapter that file is the base, bit for bit. Here another adapter is switched in:",
                        generate(attached, "--adapter", shown(sample.otherAdapter()))),
                Step.of(
                        "Is all that true? Verify: bytes, weights and outputs against a float64 reference:",
                        verify(base, adapter, merged, attached)));
    }

    private List<String> generate(String model, String... more) {
        List<String> words = new ArrayList<>(List.of("generate", model, "--prompt", PROMPT, "--max-tokens", TOKENS));
        if (!model.equals(shown(sample.model()))) {
            words.addAll(List.of("--tokenizer", shown(sample.tokenizer())));
        }
        words.addAll(List.of(more));
        return words;
    }

    private List<String> train(String adapter) {
        // a path in a configuration counts from the file's folder
        Path target = Path.of(adapter).toAbsolutePath().normalize();
        return List.of(
                "train",
                shown(sample.training()),
                "--set",
                "output_dir=" + target,
                "--set",
                "overwrite_output_dir=true");
    }

    private List<String> verify(String base, String adapter, String merged, String attached) {
        return List.of(
                "verify", base, adapter, "--merged", merged, "--attached", attached, "--report", shown(report()));
    }

    private int run(int number, Step step) {
        say((number == 1 ? "" : "\n") + number + ". " + step.words());
        say("   $ graft "
                + String.join(
                        " ", step.command().stream().map(DemoStory::quoted).toList()) + "\n");
        List<String> words = new ArrayList<>(step.command());
        if (step.quiet()) {
            words.add("--quiet");
        }
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
