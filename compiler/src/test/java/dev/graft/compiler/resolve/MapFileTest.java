package dev.graft.compiler.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of {@code --map}. */
class MapFileTest {
    @TempDir
    Path folder;

    @Test
    void linesCommentsAndBlanks() throws IOException {
        Path file = write("# attention\n\n model.q = /q/MatMul\r\nmodel.k=onnx::MatMul_1\n");

        assertThat(MapFile.read(file))
                .containsExactly(entry("model.q", "/q/MatMul"), entry("model.k", "onnx::MatMul_1"));
    }

    @Test
    void aNameMayHoldAnEqualsSign() throws IOException {
        assertThat(MapFile.read(write("q = a=b"))).containsExactly(entry("q", "a=b"));
    }

    @Test
    void linesThatAreNone() throws IOException {
        assertRefused("model.q\n", "line 1 is 'model.q', expected 'module = node or weight name'");
        assertRefused("#\n = b\n", "line 2 is '= b', expected");
        assertRefused("a = \n", "line 1 is 'a =', expected");
        assertRefused("a = b\na = c\n", "line 2 gives module 'a' a second time");
    }

    @Test
    void bytesThatAreNoText() throws IOException {
        Path file = Files.write(folder.resolve("map"), new byte[] {(byte) 0xff, 'a'});

        assertThat(refused(file)).hasMessage("the map is not UTF-8 text");
    }

    @Test
    void aFileThatIsNotThere() {
        assertThat(refused(folder.resolve("absent")).code()).isEqualTo(ErrorCode.FILE_NOT_FOUND);
    }

    private void assertRefused(String text, String message) throws IOException {
        GraftException error = refused(write(text));
        assertThat(error).hasMessageContaining(message);
        assertThat(error.code()).isEqualTo(ErrorCode.USAGE);
    }

    private static GraftException refused(Path file) {
        return catchThrowableOfType(GraftException.class, () -> MapFile.read(file));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("map"), text);
    }
}
