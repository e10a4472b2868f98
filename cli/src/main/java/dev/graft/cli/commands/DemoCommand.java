package dev.graft.cli.commands;

import static dev.graft.cli.command.OptionDescription.valued;

import dev.graft.cli.bench.BundledSample;
import dev.graft.cli.command.Command;
import dev.graft.cli.command.CommandDescription;
import dev.graft.cli.command.Invocation;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@code graft demo}: the whole story on the bundled sample, by running the commands that a person would. */
final class DemoCommand implements Command {
    /** The file by which a folder is known as an earlier demo's. */
    static final String MARK = "made-by-graft-demo.txt";

    @Override
    public CommandDescription description() {
        return CommandDescription.command("demo", "the whole story on a small language model, in under a minute")
                .details(
                        "Runs generate, train, inspect, merge, attach and verify on the model that comes with Graft: a small"
                                + " transformer that writes calm harbour scenes, and learns to speak as pirates do. Each step shows the"
                                + " command to type. Writes to one folder and nothing else.")
                .options(valued("output", "DIR", "where to write (default: ./graft-demo)")
                        .shortName("o"))
                .example("in the current folder", "graft demo")
                .example("somewhere else", "graft demo -o /tmp/demo")
                .build();
    }

    @Override
    public int run(Invocation invocation) {
        Path folder = invocation.pathOption("output").orElse(Path.of("graft-demo"));
        DemoStory story = new DemoStory(invocation.console(), BundledSample.find(), folder);
        prepare(folder);
        int exitCode = story.tell();
        if (exitCode == 0 && invocation.console().json()) {
            invocation.console().resultAsJson(new Document(folder, story.adapter(), story.report()));
        }
        return exitCode;
    }

    /** The JSON document. */
    record Document(Path folder, Path adapter, Path report) {}

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
}
