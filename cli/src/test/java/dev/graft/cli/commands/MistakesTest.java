package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a person is told who mistypes, or mixes up what belongs together. */
class MistakesTest extends TypedCommands {
    private final String tokenizer = sample.resolve("base/tokenizer.json").toString();
    private final String otherAdapter = sample.resolve("adapter-second-style").toString();

    @Test
    void aMisspeltPathGetsTheOneBesideIt() {
        String misspelt = sample.resolve("adaptr").toString();

        assertThat(run("merge", base, misspelt, "-o", output("m.onnx"))).isEqualTo(3);
        assertThat(messages()).contains("no such file", "at: " + misspelt, "Did you mean '" + adapter + "'?");
    }

    @Test
    void whatAnOptionNamesMustBeThereAlsoWhereItIsNotNeeded() {
        String none = output("none.txt");
        for (String option : List.of("--map", "--base-weights")) {
            assertThat(run("inspect", base, option, none)).isEqualTo(3);
            assertThat(messages()).contains("no such file", "at: " + none);
            assertThat(run("inspect", adapter, option, none)).isEqualTo(3);
        }
        assertThat(run("verify", base, adapter, "--merged", base, "--no-outputs", "--inputs", none))
                .isEqualTo(3);
        assertThat(messages()).contains("no such file", "at: " + none);
    }

    @Test
    void anAdapterWithoutWeightIsNamedOnce() {
        assertThat(run("merge", base, adapter + "@0", otherAdapter, "-o", output("m.onnx")))
                .as(messages())
                .isZero();
        assertThat(messages()).containsOnlyOnce("left out").contains("'adapter' has weight 0 and is left out");
    }

    @Test
    void anAdapterThatHoldsFewerModulesThanItTargetsIsAWarning() throws IOException {
        Path cut = Files.createDirectory(folder.resolve("cut"));
        Files.copy(Path.of(adapter).resolve("adapter_config.json"), cut.resolve("adapter_config.json"));
        List<Tensor> first =
                SafetensorsReader.read(Path.of(adapter).resolve("adapter_model.safetensors"))
                        .tensors()
                        .values()
                        .stream()
                        .filter(tensor -> tensor.name().contains("layers.0."))
                        .toList();
        SafetensorsWriter.write(cut.resolve("adapter_model.safetensors"), Map.of(), first);

        assertThat(run("merge", base, cut.toString(), "-o", output("m.onnx")))
                .as(messages())
                .isZero();
        assertThat(messages())
                .contains("'cut' holds factors for 7 of the 28 modules of this model that its target_modules name: "
                        + "model.layers.1.self_attn.q_proj and 20 more stay as they are");
        assertThat(run("merge", base, adapter, "-o", output("whole.onnx"))).isZero();
        assertThat(messages()).doesNotContain("holds factors for");
    }

    @Test
    void aWeightThatIsNoNumberIsAnErrorOfUsage() {
        assertThat(run("merge", base, adapter + "@half", "-o", output("m.onnx")))
                .isEqualTo(2);
        assertThat(messages()).contains("expected a number behind @, got 'half'");
    }

    @Test
    void anAdapterIsNotConvertedIntoAFolderThatLooksLikeAFile() {
        assertThat(run("convert", adapter, "-o", output("style.safetensors"))).isEqualTo(2);
        assertThat(messages())
                .contains("the format does not follow from the name style.safetensors", "--to onnx_adapter");
        assertThat(run("convert", adapter, "-o", output("epoch-1.5"))).isZero();
        assertThat(run("convert", adapter, "-o", output("my.lora"), "--to", "peft"))
                .isZero();
    }

    @Test
    void anAdapterForAModelWithoutInputsForItIsRefused() {
        assertThat(run("generate", base, "--prompt", "This", "--adapter", adapter))
                .isEqualTo(3);
        assertThat(messages())
                .contains("the model has no inputs for adapters", "at: " + base, "--style input")
                .doesNotContain("switched.onnx_adapter");
    }

    @Test
    void aModelWithRoomForLaterAdaptersTakesThemAsPeftNamesThem() {
        String slots = output("slots.onnx");

        assertThat(run("attach", base, "-o", slots, "--style", "input", "--targets", "all-linear"))
                .isZero();
        assertThat(results()).contains("made room for adapters at 28 targets");
        assertThat(run(
                        "generate",
                        slots,
                        "--prompt",
                        "This",
                        "--tokenizer",
                        tokenizer,
                        "--max-tokens",
                        "3",
                        "--adapter",
                        adapter))
                .as(messages())
                .isZero();
    }

    @Test
    void aMixtureWithAnotherAdapterIsNotExplainedWeightByWeight() {
        String mixed = output("mixed.onnx");
        assertThat(run("merge", base, adapter + "@0.7", otherAdapter + "@0.3", "-o", mixed))
                .isZero();

        assertThat(run("verify", base, adapter, "--merged", mixed)).isOne();
        assertThat(results()).contains("resembles the right one", "more: --report and --json list all");
        assertThat(results().lines().filter(line -> line.startsWith("  - "))).hasSize(10);
    }
}
