package dev.graft.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileOutputTest {
    @TempDir
    Path folder;

    @Test
    void bytesComeOutInOrderAlsoWhenTheyTakeSeveralWindows() throws IOException {
        byte[] large = new byte[(5 << 20) / 2 + 3];
        new Random(1).nextBytes(large);
        Path file = folder.resolve("new");
        Files.writeString(file, "what was there before, and longer than nothing");

        FileOutput.write(file, output -> {
            output.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(output.position()).isEqualTo(3);
            output.write(ByteSource.ofArray(large));
            output.write(ByteSource.ofArray(new byte[0]));
        });

        byte[] written = Files.readAllBytes(file);
        assertThat(written).hasSize(3 + large.length).startsWith(1, 2, 3).endsWith(large);
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() {
        assertThatThrownBy(() -> FileOutput.write(folder, output -> {}))
                .isInstanceOfSatisfying(GraftException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.IO_FAILED);
                    assertThat(e.location().file()).isEqualTo(folder);
                })
                .hasMessageStartingWith("cannot write the file: ");
    }
}
