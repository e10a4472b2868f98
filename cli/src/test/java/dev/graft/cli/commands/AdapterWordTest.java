package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterWordTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "lora, lora, 1",
        "lora@0.5, lora, 0.5",
        "lora@-1, lora, -1",
        "lora@1e-3, lora, 0.001",
        "me@home/lora, me@home/lora, 1",
        "me@home/lora@2, me@home/lora, 2",
        "lora@, lora@, 1",
        "lora@NaN, lora@NaN, 1",
        "lora@1e999, lora@1e999, 1",
        "@0.5, @0.5, 1"
    })
    void onlyANumberBehindTheLastAtIsAWeight(String word, String path, double weight) {
        assertThat(AdapterWord.parse(word, Path::of)).isEqualTo(new AdapterWord(Path.of(path), weight));
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", "0,5", "NaN", ""})
    void whatIsNoNumberBehindAnExistingPathIsAnError(String weight) throws IOException {
        Path lora = Files.createDirectories(folder.resolve("lora"));

        assertThatThrownBy(() -> AdapterWord.parse(lora + "@" + weight, Path::of))
                .isInstanceOfSatisfying(GraftException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
                    assertThat(e.remedy()).startsWith("Write " + lora + "@0.5 for half of the adapter");
                })
                .hasMessage("expected a number behind @, got '" + weight + "'");
    }

    @Test
    void aPathThatExistsAsWrittenIsTakenWhole() throws IOException {
        Path existing = Files.createDirectory(folder.resolve("run@0.5"));

        assertThat(AdapterWord.parse(existing.toString(), Path::of)).isEqualTo(new AdapterWord(existing, 1));
        assertThat(AdapterWord.parse(existing + "@0.25", Path::of)).isEqualTo(new AdapterWord(existing, 0.25));
    }
}
