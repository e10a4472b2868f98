package dev.graft.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissingFileTest {
    @TempDir
    Path folder;

    @Test
    void theNameThatWasProbablyMeantIsNamed() throws IOException {
        Files.createFile(folder.resolve("model.onnx"));
        Files.createFile(folder.resolve("tokenizer.json"));

        GraftException error = MissingFile.at(folder.resolve("modle.onnx"));

        assertThat(error.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND);
        assertThat(error).hasMessage("no such file");
        assertThat(error.remedy()).isEqualTo("Did you mean '" + folder.resolve("model.onnx") + "'?");
    }

    @Test
    void withoutANameThatIsNearNothingIsGuessed() throws IOException {
        Files.createFile(folder.resolve("model.onnx"));

        assertThat(MissingFile.at(folder.resolve("weights.bin")).remedy()).isEqualTo("Check the path.");
        assertThat(MissingFile.at(folder.resolve("nowhere/model.onnx")).remedy())
                .startsWith("Check the path");
        assertThat(MissingFile.at(Path.of("/")).remedy()).startsWith("Check the path");
    }

    @Test
    void theFolderThatAPathCountsFromIsNamed() {
        assertThat(MissingFile.at(Path.of("nowhere", "model.onnx")).remedy())
                .isEqualTo("Check the path; it is relative to the current folder, "
                        + Path.of("").toAbsolutePath() + ".");
    }
}
