package dev.graft.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CommandRunnerTest {
    private final ByteArrayOutputStream results = new ByteArrayOutputStream();
    private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

    @Test
    void argumentsAndOptionsMayStandInAnyOrder() {
        assertThat(run(this::echo, "paint", "--colour=red", "a", "-o", "x", "b", "--twice", "1", "--twice", "2"))
                .isZero();
        assertThat(results()).isEqualTo("[a, b] red x [1, 2]\n");
        assertThat(messages()).isEmpty();
    }

    @Test
    void anUnknownCommandOptionOrValueComesWithTheWordThatWasMeant() {
        assertThat(run(this::echo, "piant")).isEqualTo(2);
        assertThat(messages()).contains("unknown command 'piant'; did you mean 'paint'?");
        assertThat(run(this::echo, "paint", "a", "-o", "x", "--color", "red")).isEqualTo(2);
        assertThat(messages()).contains("unknown option '--color'; did you mean '--colour'?");
        assertThat(run(this::echo, "paint", "a", "-o", "x", "--colour", "gren")).isEqualTo(2);
        assertThat(messages())
                .contains("value of --colour: expected red or green, got 'gren'; did you mean 'green'?")
                .contains("try: graft paint --help shows its words and an example.");
    }

    @Test
    void whatIsMissingOrTooMuchIsNamed() {
        assertThat(run(this::echo, "paint", "-o", "x")).isEqualTo(2);
        assertThat(messages()).contains("WALL is missing: what to paint");
        assertThat(run(this::echo, "paint", "a")).isEqualTo(2);
        assertThat(messages()).contains("option -o, --output FILE is missing");
        assertThat(run(this::echo, "paint", "a", "-o")).isEqualTo(2);
        assertThat(messages()).contains("option --output needs a value");
        assertThat(run(this::echo, "paint", "a", "-o", "x", "-o", "y")).isEqualTo(2);
        assertThat(messages()).contains("option --output is given 2 times, expected once");
        assertThat(run(this::echo, "paint", "a", "b", "c", "-o", "x")).isEqualTo(2);
        assertThat(messages()).contains("unexpected word 'c'");
    }

    @Test
    void aNumberOutsideItsBoundsIsRefused() {
        Function<Invocation, Integer> count = invocation -> invocation.intOption("count", 1, 1, 9);

        assertThat(run(count, "paint", "a", "-o", "x", "--count", "5")).isEqualTo(5);
        assertThat(run(count, "paint", "a", "-o", "x", "--count", "12")).isEqualTo(2);
        assertThat(messages()).contains("--count: expected a whole number from 1 to 9, got '12'");
        assertThat(run(count, "paint", "a", "-o", "x", "--count", "many")).isEqualTo(2);
        assertThat(messages()).contains("got 'many'");
    }

    @Test
    void helpWinsOverWrongWordsAndShowsAnExample() {
        assertThat(run(this::echo, "paint", "--nonsense", "--help")).isZero();
        assertThat(results())
                .contains("usage: graft paint WALL... -o FILE [options]", "# one wall", "graft paint north -o house");
        assertThat(run(this::echo)).isZero();
        assertThat(results()).contains("paint  paint walls");
    }

    @Test
    void anErrorIsExplainedWithoutAStackTrace() {
        GraftException error = new GraftException(
                ErrorCode.TARGET_NOT_FOUND, "no place for 'q_proj'", Location.ofFile(Path.of("m.onnx")), "Give a map.");

        assertThat(run(thrown(error), "paint", "a", "-o", "x")).isEqualTo(3);

        assertThat(messages()).isEqualTo("""
                        graft: no place for 'q_proj'
                          at: m.onnx
                          try: Give a map.
                          see: docs/troubleshooting.md#target_not_found
                        """);
        assertThat(results()).isEmpty();
    }

    @Test
    void debugAddsTheStackTraceAndJsonADocument() {
        GraftException error =
                new GraftException(ErrorCode.WEIGHT_SHARED, "shared", Location.ofTensor(Path.of("m"), "w"), "Unshare.");

        assertThat(run(thrown(error), "paint", "a", "-o", "x", "--json", "--debug"))
                .isEqualTo(3);

        assertThat(messages()).contains("\tat dev.graft.cli.command.CommandRunnerTest");
        assertThat(results())
                .contains(
                        "\"code\": \"WEIGHT_SHARED\"",
                        "\"tensor\": \"w\"",
                        "\"remedy\": \"Unshare.\"",
                        "\"exit_code\": 3");
    }

    @Test
    void whatNobodyExpectedIsABugOfOursAndSaysSo() {
        assertThat(run(thrown(new IllegalStateException("oops")), "paint", "a", "-o", "x"))
                .isEqualTo(70);
        assertThat(messages())
                .contains("this is a bug of Graft's, not of your files: IllegalStateException: oops", "--debug");
        assertThat(run(thrown(new StackOverflowError()), "paint", "a", "-o", "x"))
                .isEqualTo(70);
    }

    @Test
    void memoryAndDiskAreTheEnvironments() {
        assertThat(run(thrown(new OutOfMemoryError()), "paint", "a", "-o", "x")).isEqualTo(4);
        assertThat(messages()).contains("Java's memory is not enough", "GRAFT_OPTS=-Xmx4g");
        UncheckedIOException full = new UncheckedIOException(new IOException("No space left on device"));
        assertThat(run(thrown(full), "paint", "a", "-o", "x")).isEqualTo(4);
        assertThat(messages()).contains("No space left on device");
    }

    @Test
    void quietKeepsTheResultOnly() {
        Function<Invocation, Integer> talk = invocation -> {
            Console console = invocation.console();
            console.note("a note");
            Progress progress = console.progress();
            progress.begin("painting", 10);
            progress.end();
            console.result("done");
            return 0;
        };

        run(talk, "paint", "a", "-o", "x", "--quiet");
        assertThat(messages()).isEmpty();
        assertThat(results()).isEqualTo("done\n");
        run(talk, "paint", "a", "-o", "x");
        assertThat(messages()).isEqualTo("a note\npainting ...\n");
    }

    @Test
    void namesFromFilesCannotSteerTheTerminal() {
        GraftException error =
                new GraftException(ErrorCode.ONNX_MALFORMED, "bad", Location.ofTensor(null, "\u001b[31mred"), "");

        run(thrown(error), "paint", "a", "-o", "x");

        assertThat(messages()).contains("tensor '\\x1b[31mred'");
    }

    @Test
    void aResultThatDoesNotArriveIsAnError() {
        PrintStream full = new PrintStream(new DiskFull(), false, UTF_8);
        Paint paint = new Paint(this::echo);

        int exitCode = new CommandRunner(
                        List.of(paint), () -> "1.2.3", full, new PrintStream(messages, true, UTF_8), Terminal.NONE)
                .run(List.of("paint", "a", "-o", "x"));

        assertThat(exitCode).isEqualTo(4);
        assertThat(messages()).contains("cannot write the result to standard output", "#io_failed");
    }

    private Integer echo(Invocation invocation) {
        invocation
                .console()
                .result(invocation.arguments("WALL") + " "
                        + invocation.option("colour").orElse("none") + " "
                        + invocation.pathOption("output").orElseThrow() + " " + invocation.options("twice"));
        return 0;
    }

    private static Function<Invocation, Integer> thrown(Throwable error) {
        return invocation -> {
            if (error instanceof Error serious) {
                throw serious;
            }
            throw (RuntimeException) error;
        };
    }

    private int run(Function<Invocation, Integer> work, String... words) {
        results.reset();
        messages.reset();
        return new CommandRunner(
                        List.of(new Paint(work)),
                        () -> "1.2.3",
                        new PrintStream(results, true, UTF_8),
                        new PrintStream(messages, true, UTF_8),
                        Terminal.NONE)
                .run(List.of(words));
    }

    private String results() {
        return results.toString(UTF_8);
    }

    private String messages() {
        return messages.toString(UTF_8);
    }

    /** A file whose disk is full. */
    private static final class DiskFull extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    /** A command that does what the test says. */
    private record Paint(Function<Invocation, Integer> work) implements Command {
        @Override
        public CommandDescription description() {
            return CommandDescription.command("paint", "paint walls")
                    .arguments(new Argument("WALL", "what to paint", 1, 2, List.of()))
                    .options(
                            OptionDescription.valued("output", "FILE", "where to")
                                    .shortName("o")
                                    .mandatory(),
                            OptionDescription.oneOf("colour", "the colour", "red", "green"),
                            OptionDescription.valued("count", "N", "how often"),
                            OptionDescription.valued("twice", "N", "again").repeated())
                    .example("one wall", "graft paint north -o house")
                    .build();
        }

        @Override
        public int run(Invocation invocation) {
            return work.apply(invocation);
        }
    }
}
