package dev.graft.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they replace an output again and again. */
class KilledWriterTest {
    private static final int KILLS = 6;
    private static final int DATA_FILES = 3;

    @TempDir
    Path folder;

    @Test
    void theFilesOfAKilledWriterBelongTogetherAndTheNextOneSucceeds() throws Exception {
        Random random = new Random(7);
        for (int kill = 0; kill < KILLS; kill++) {
            Process writer = start();
            assertThat(writer.getInputStream().read()).isEqualTo('.');
            TimeUnit.MILLISECONDS.sleep(random.nextInt(60));
            writer.destroyForcibly().waitFor();

            assertWholeOrAbsent();
        }

        writeOnce(folder, "last");
        assertWholeOrAbsent();
        assertThat(folder.resolve("model.onnx")).hasContent("last");
        try (var entries = Files.list(folder)) {
            assertThat(entries).hasSize(1 + DATA_FILES);
        }
    }

    private void assertWholeOrAbsent() throws IOException {
        Path main = folder.resolve("model.onnx");
        if (Files.exists(main)) {
            for (int i = 0; i < DATA_FILES; i++) {
                assertThat(folder.resolve(i + ".data")).hasSameTextualContentAs(main);
            }
        }
    }

    private Process start() throws IOException {
        return OtherProcess.start(KilledWriterTest.class, folder);
    }

    /** Replaces the output for as long as it lives; each time all files hold the same new text. */
    public static void main(String[] arguments) throws IOException {
        for (long round = 0; ; round++) {
            writeOnce(Path.of(arguments[0]), ProcessHandle.current().pid() + "-" + round);
            System.out.print('.');
            System.out.flush();
        }
    }

    private static void writeOnce(Path folder, String text) throws IOException {
        Path main = folder.resolve("model.onnx");
        try (OutputTransaction transaction = OutputTransaction.open(main, true)) {
            for (int i = 0; i < DATA_FILES; i++) {
                Files.writeString(transaction.stage(folder.resolve(i + ".data")), text);
            }
            Files.writeString(transaction.stage(main), text);
            transaction.commit();
        }
    }
}
