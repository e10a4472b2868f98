package dev.graft.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void controlCharactersOfAFileCannotReachTheTerminal() {
        assertThat(Printable.of("a\u001b[2Jb\rc\u0000\u202e")).isEqualTo("a\\x1b[2Jb\\x0dc\\x00\\u202e");
    }

    @Test
    void ordinaryTextIsKept() {
        assertThat(Printable.of("modèle\n\tß 模型")).isEqualTo("modèle\n\tß 模型");
    }
}
