package dev.graft.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One output that another process is writing; within one process Java keeps locks apart by itself. */
class TwoProcessesTest {
    @TempDir
    Path folder;

    private Path main;
    private Process other;

    @BeforeEach
    void theOtherWrites() throws IOException {
        main = folder.resolve("model.onnx");
        other = OtherProcess.start(TwoProcessesTest.class, main);
        assertThat(other.getInputStream().read()).isEqualTo('.');
    }

    @AfterEach
    void theOtherEnds() throws InterruptedException {
        other.destroyForcibly().waitFor();
    }

    @Test
    void theSecondOneIsRefusedAndHarmsNothing() throws Exception {
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> OutputTransaction.open(main, true))
                    .isInstanceOfSatisfying(
                            GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_BUSY));
        }

        other.getOutputStream().write('\n');
        other.getOutputStream().flush();
        assertThat(other.waitFor()).isZero();
        assertThat(main).hasContent("the other's");
        try (var entries = Files.list(folder)) {
            assertThat(entries).containsExactly(main);
        }
    }

    @Test
    void whatAKilledOneLeavesIsTakenOver() throws Exception {
        other.destroyForcibly().waitFor();

        OutputTransaction.open(main, true).close();
        try (var entries = Files.list(folder)) {
            assertThat(entries).isEmpty();
        }
    }

    /** Tries once in vain to open its own output a second time, and commits when it is told to. */
    public static void main(String[] arguments) throws IOException {
        Path main = Path.of(arguments[0]);
        try (OutputTransaction transaction = OutputTransaction.open(main, true)) {
            Files.writeString(transaction.stage(main), "the other's");
            try {
                OutputTransaction.open(main, true).close();
            } catch (GraftException e) {
                System.out.print(e.code() == ErrorCode.OUTPUT_BUSY ? '.' : '!');
            }
            System.out.flush();
            System.in.read();
            transaction.commit();
        }
    }
}
