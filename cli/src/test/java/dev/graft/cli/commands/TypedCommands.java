package dev.graft.cli.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.cli.command.CommandRunner;
import dev.graft.cli.command.Terminal;
import dev.graft.testing.Fixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Commands as a person types them, on the bundled sample, and what they print. */
abstract class TypedCommands {
    final Path sample = Fixtures.repository().resolve("samples/language-model");
    final String base = sample.resolve("base/model.onnx").toString();
    final String adapter = sample.resolve("adapter").toString();

    private final ByteArrayOutputStream results = new ByteArrayOutputStream();
    private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @BeforeEach
    void installHere() {
        System.setProperty("graft.home", Fixtures.repository().toString());
    }

    @AfterEach
    void uninstall() {
        System.clearProperty("graft.home");
    }

    String output(String name) {
        return folder.resolve(name).toString();
    }

    /** The exit code. */
    int run(String... words) {
        results.reset();
        messages.reset();
        return new CommandRunner(
                        Commands.all(),
                        () -> "test",
                        new PrintStream(results, true, UTF_8),
                        new PrintStream(messages, true, UTF_8),
                        Terminal.NONE)
                .run(List.of(words));
    }

    String results() {
        return results.toString(UTF_8);
    }

    String messages() {
        return messages.toString(UTF_8);
    }

    /** A configuration of these usual lines, with the ones that the test gives in the place of those of the same key. */
    String configuration(List<String> usual, String... lines) throws IOException {
        List<String> all = new ArrayList<>(usual);
        for (String line : lines) {
            all.removeIf(one -> one.startsWith(line.substring(0, line.indexOf(':') + 1)));
            all.add(line);
        }
        return Files.writeString(folder.resolve("train.yaml"), String.join("\n", all) + "\n")
                .toString();
    }

    JsonObject json() {
        return JsonParser.parseString(results()).getAsJsonObject();
    }
}
