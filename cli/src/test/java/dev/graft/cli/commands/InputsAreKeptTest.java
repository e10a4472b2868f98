package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No output overwrites what it is made of, nor anything that is no file, with --force or without. */
class InputsAreKeptTest extends TypedCommands {
    private Path copy;
    private Path weights;

    @BeforeEach
    void copyTheAdapter() throws IOException {
        copy = Files.createDirectory(folder.resolve("lora"));
        for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(Path.of(adapter).resolve(name), copy.resolve(name));
        }
        weights = copy.resolve("adapter_model.safetensors");
    }

    @Test
    void neitherMergeNorAttachOverwritesTheAdapter() throws IOException {
        byte[] before = Files.readAllBytes(weights);
        for (String name : List.of("adapter_model.safetensors", "adapter_config.json")) {
            for (String command : List.of("merge", "attach")) {
                String output = copy.resolve(name).toString();
                assertThat(run(command, base, copy.toString(), "-o", output, "--force"))
                        .isEqualTo(2);
                assertThat(messages()).contains("the output would overwrite " + output);
            }
        }
        assertThat(weights).hasBinaryContent(before);
    }

    @Test
    void theAdapterThatIsWrittenBesideTheModelOverwritesNoInputEither() throws IOException {
        String beside = output("multi.onnx_adapter");
        assertThat(run("convert", adapter, "-o", beside)).isZero();
        byte[] before = Files.readAllBytes(Path.of(beside));

        assertThat(run("attach", base, beside, "-o", output("multi.onnx"), "--style", "input", "--force"))
                .isEqualTo(2);
        assertThat(messages()).contains("the output would overwrite " + beside + ", which is read to make it");
        assertThat(Path.of(beside)).hasBinaryContent(before);
    }

    @Test
    void anAdapterIsNotConvertedIntoItself() throws IOException {
        byte[] before = Files.readAllBytes(weights);

        assertThat(run("convert", copy.toString(), "-o", copy.toString(), "--force"))
                .isEqualTo(2);
        assertThat(run("convert", copy.toString(), "-o", weights.toString(), "--to", "onnx_adapter", "--force"))
                .isEqualTo(2);
        assertThat(messages()).contains("the output would overwrite " + weights);
        assertThat(weights).hasBinaryContent(before);
    }

    @Test
    void aMapIsNotOverwritten() throws IOException {
        Path map = Files.writeString(folder.resolve("map.txt"), "# nothing\n");

        assertThat(run("merge", base, adapter, "-o", map.toString(), "--map", map.toString(), "--force"))
                .isEqualTo(2);
        assertThat(messages()).contains("the output would overwrite " + map);
        assertThat(map).hasContent("# nothing");
    }

    @Test
    void aPipeIsNotReplacedByAFile() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe.onnx");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        for (String command : List.of("merge", "attach")) {
            assertThat(run(command, base, adapter, "-o", pipe.toString(), "--force"))
                    .isEqualTo(2);
            assertThat(messages()).contains("the output is a device, a pipe or a socket", "at: " + pipe);
        }
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }
}
