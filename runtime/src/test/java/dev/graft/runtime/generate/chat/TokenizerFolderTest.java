package dev.graft.runtime.generate.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which chat templates a folder has; get_chat_template of transformers takes the same. */
class TokenizerFolderTest {
    @TempDir
    Path folder;

    @BeforeEach
    void twoTemplatesInTheConfiguration() throws IOException {
        write(
                "tokenizer_config.json",
                "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"T\"}, {\"name\": \"default\", \"template\": \"D\"}]}");
    }

    @Test
    void aListHasOneByDefaultAndOneForTools() {
        assertThat(read().chatTemplate()).contains("D");
        assertThat(read().toolTemplate()).contains("T");
    }

    @Test
    void aTextIsForAll() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": \"D\"}");

        assertThat(read().chatTemplate()).contains("D");
        assertThat(read().toolTemplate()).isEmpty();
    }

    @Test
    void filesOfTheirOwnCountInsteadOfTheConfiguration() throws IOException {
        write("chat_template.jinja", "F");
        assertThat(read().chatTemplate()).contains("F");
        assertThat(read().toolTemplate()).isEmpty();

        write("additional_chat_templates/tool_use.jinja", "G");
        assertThat(read().toolTemplate()).contains("G");
    }

    @Test
    void aTemplateThatIsNoTextIsNone() throws IOException {
        write(
                "tokenizer_config.json",
                "{\"chat_template\": [1, {\"name\": \"tool_use\"}, {\"name\": \"default\", \"template\": [2]}]}");

        assertThat(read().chatTemplate()).isEmpty();
        assertThat(read().toolTemplate()).isEmpty();
    }

    private TokenizerFolder read() {
        return TokenizerFolder.read(folder.resolve("tokenizer.json"), folder.resolve("model.onnx"));
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
