package dev.graft.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that gives up what it is writing, which it does once and for good. */
class GivenUpTest {
    @TempDir
    Path folder;

    @Test
    void nothingIsLeftAndNothingCanBeStagedCommittedOrBegun() throws Exception {
        Process process = OtherProcess.start(GivenUpTest.class, folder);

        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8).lines())
                .containsExactly(
                        "commit: the output was given up",
                        "stage: the output was given up",
                        "open: the output was given up");
        assertThat(process.waitFor()).isZero();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whereverItHappensWhatIsOpenedMeanwhileLeavesNothing() throws Exception {
        for (int attempt = 0; attempt < 8; attempt++) {
            Process process = OtherProcess.start(Opening.class, folder);

            assertThat(process.getInputStream().readAllBytes()).isEmpty();
            assertThat(process.waitFor()).isZero();
            assertThat(folder).isEmptyDirectory();
        }
    }

    /** Gives up an output and tells what is refused then. */
    public static void main(String[] arguments) throws IOException {
        Path main = Path.of(arguments[0], "out", "model.onnx");
        try (OutputTransaction transaction = OutputTransaction.open(main, false)) {
            Files.writeString(transaction.stage(main), "half");
            OutputTransaction.abandonAll();
            tell("commit", transaction::commit);
            tell("stage", () -> transaction.stage(main));
        }
        tell("open", () -> OutputTransaction.open(main, false).close());
    }

    private static void tell(String what, Runnable action) {
        try {
            action.run();
        } catch (GraftException e) {
            System.out.println(what + ": " + e.getMessage());
        }
    }

    /** Opens and closes outputs in one thread while the other gives all up and ends the process, as a signal does. */
    static final class Opening {
        public static void main(String[] arguments) throws InterruptedException {
            Thread writer = new Thread(() -> {
                for (int i = 0; ; i++) {
                    OutputTransaction.open(Path.of(arguments[0], "out" + i, "model.onnx"), false)
                            .close();
                }
            });
            writer.setUncaughtExceptionHandler((thread, refused) -> {});
            writer.start();
            Thread.sleep(30);
            OutputTransaction.abandonAll();
            Runtime.getRuntime().halt(0);
        }
    }
}
