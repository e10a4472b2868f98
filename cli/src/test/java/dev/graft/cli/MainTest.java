package dev.graft.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class MainTest {
    private final ByteArrayOutputStream results = new ByteArrayOutputStream();
    private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

    @Test
    void versionIsTheOneOfTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(results.toString(UTF_8)).matches("graft \\d+\\.\\d+\\.\\d+\\R");
    }

    @Test
    void anUnknownWordIsAUsageErrorOnTheErrorStream() {
        assertThat(run("mrege")).isEqualTo(2);
        assertThat(results.toString(UTF_8)).isEmpty();
        assertThat(messages.toString(UTF_8)).contains("unknown command 'mrege'; did you mean 'merge'?");
    }

    private int run(String... arguments) {
        return Main.run(arguments, new PrintStream(results, true, UTF_8), new PrintStream(messages, true, UTF_8));
    }
}
