package dev.graft.cli.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class MessageLinesTest {
    @Test
    void linesEndAsTheyDoOnAnySystem() throws IOException {
        MessageLines lines = lines("one\ntwo\r\n\nthree");

        assertThat(lines.next()).isEqualTo("one");
        assertThat(lines.next()).isEqualTo("two");
        assertThat(lines.next()).isEmpty();
        assertThat(lines.next()).isEqualTo("three");
        assertThat(lines.next()).isNull();
    }

    @Test
    void aLineThatIsTooLongIsRefusedAndTheNextIsRead() throws IOException {
        MessageLines lines =
                lines("x".repeat(MessageLines.LONGEST + 1) + "\n" + "y".repeat(MessageLines.LONGEST) + "\nz");

        assertThatThrownBy(lines::next)
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUTS_INVALID))
                .hasMessageContaining("the line has 1048577 characters, a message at most 1048576");
        assertThat(lines.next()).hasSize(MessageLines.LONGEST);
        assertThat(lines.next()).isEqualTo("z");
        assertThat(lines.next()).isNull();
    }

    private static MessageLines lines(String text) {
        return new MessageLines(new BufferedReader(new StringReader(text)));
    }
}
