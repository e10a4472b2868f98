package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.synthetic.SyntheticLlama;
import dev.graft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The commands as a person types them, on the bundled sample. */
class StoryTest extends TypedCommands {
    @Test
    void inspectShowsHowAdapterAndModelFit() {
        assertThat(run("inspect", base, adapter)).isZero();
        assertThat(results()).contains("model.layers.[0-3].self_attn.q_proj", "Everything fits: 28 changes");
        assertThat(run("inspect", base)).isZero();
        assertThat(results()).contains("input_ids", "model.embed_tokens", "[in, out]");
        assertThat(run("inspect", adapter, "--json")).isZero();
        assertThat(json().get("method").getAsString()).isEqualTo("LoRA");
        assertThat(json().getAsJsonArray("modules")).hasSize(28);
    }

    @Test
    void anAdapterOfAnotherModelIsRefusedWithTheNearestCandidates() throws IOException {
        Path renamed = Files.createDirectory(folder.resolve("renamed"));
        String config = Files.readString(sample.resolve("adapter/adapter_config.json"));
        Files.writeString(renamed.resolve("adapter_config.json"), config);
        byte[] weights = Files.readAllBytes(sample.resolve("adapter/adapter_model.safetensors"));
        String text = new String(weights, java.nio.charset.StandardCharsets.ISO_8859_1).replace("q_proj", "w_proj");
        Files.write(
                renamed.resolve("adapter_model.safetensors"),
                text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));

        assertThat(run("merge", base, renamed.toString(), "-o", output("m.onnx")))
                .isEqualTo(3);
        assertThat(messages()).contains("w_proj", "model.layers.0.self_attn.q_proj", "#target_not_found");
        assertThat(run("inspect", base, renamed.toString())).isOne();
        assertThat(results()).contains("no place for model.layers.0.self_attn.w_proj", "Not everything fits");
    }

    @Test
    void aMergedModelIsVerifiedAndAWrongOneIsNot() throws IOException {
        String merged = output("merged.onnx");
        assertThat(run("merge", base, adapter, "-o", merged, "--json")).isZero();
        assertThat(json().getAsJsonArray("targets")).hasSize(28);
        assertThat(run("merge", base, adapter, "-o", merged)).isEqualTo(2);
        assertThat(messages()).contains("the output exists already", "--force");

        assertThat(run("verify", base, adapter, "--merged", merged, "--report", output("r.html")))
                .isZero();
        assertThat(results()).contains("bit for bit", "verified: it does what base and adapter say");
        assertThat(folder.resolve("r.html")).content().contains("<h1>Verified</h1>");
        assertThat(folder.resolve("r.json")).content().contains("\"graft_report\": 1", "\"passed\": true");

        assertThat(run("verify", base, adapter + "@0.5", "--merged", merged, "--no-outputs"))
                .isOne();
        assertThat(results()).contains("NOT verified", "it is 2 times what it must be");
        assertThat(run("verify", base, adapter, "--merged", base, "--no-outputs"))
                .isOne();
        assertThat(results()).contains("not a byte differs", "was left out: its weight is the base's");
    }

    @Test
    void attachedInputsTakeAnyAdapterAndWithoutOneSpeakAsTheBase() {
        String attached = output("attached.onnx");
        String tokenizer = sample.resolve("base/tokenizer.json").toString();
        assertThat(run("attach", base, adapter, "-o", attached, "--style", "input"))
                .isZero();
        assertThat(results()).contains("attached.onnx_adapter");

        String atBase = generated(base, tokenizer);
        assertThat(generated(attached, tokenizer)).isEqualTo(atBase).startsWith("This morning the harbour");
        String pirate = generated(attached, tokenizer, "--adapter", attached + "_adapter");
        assertThat(pirate).isNotEqualTo(atBase).isEqualTo(generated(attached, tokenizer, "--adapter", adapter));
        assertThat(generated(attached, tokenizer, "--adapter", adapter + "@0")).isEqualTo(atBase);
    }

    @Test
    void roomForLaterAdaptersIsMadeByPattern() {
        assertThat(run("attach", base, "-o", output("a.onnx"), "--style", "input", "--targets", "q_proj|v_proj"))
                .isZero();
        assertThat(results()).contains("made room for adapters at 8 targets");
        assertThat(run("attach", base, "-o", output("b.onnx"), "--style", "input", "--targets", "w_proj"))
                .isEqualTo(3);
        assertThat(messages()).contains("no module matches 'w_proj'", "graft inspect lists them");
        assertThat(run("attach", base, "-o", output("c.onnx"))).isEqualTo(2);
        assertThat(messages()).contains("nothing to attach");
    }

    @Test
    void anAdapterSurvivesTheWayThroughOnnxAdapter() {
        assertThat(run("convert", adapter, "-o", output("a.onnx_adapter"))).isZero();
        assertThat(run("convert", output("a.onnx_adapter"), "-o", output("peft")))
                .isZero();
        assertThat(run("merge", base, output("peft"), "-o", output("m.onnx"))).isZero();
        assertThat(run("verify", base, adapter, "--merged", output("m.onnx"), "--no-outputs"))
                .isZero();
    }

    @Test
    void theDemoTrainsAndTellsItAllInAFolderOfItsOwn() throws IOException {
        Path demo = Files.createDirectory(folder.resolve("demo"));
        Files.writeString(demo.resolve("made-by-graft-demo.txt"), "by an earlier demo");
        Files.createDirectory(demo.resolve("pirate"));

        assertThat(run("demo", "-o", demo.toString())).as(messages()).isZero();
        assertThat(results())
                .contains(
                        "1. A small language model",
                        "$ graft train ",
                        "trained after 100 steps",
                        "merged 28 targets",
                        "$ graft merge ",
                        "verified: it does what base and adapter say")
                .containsPattern("This morning the harbour .*(arr|Arr|grog|[a-z]in' )")
                .endsWith("report.html\n");
        assertThat(demo.resolve("pirate/adapter_model.safetensors")).isNotEmptyFile();
    }

    @Test
    void theDemoLeavesForeignFoldersAlone() throws IOException {
        Files.createDirectory(folder.resolve("mine"));
        Files.writeString(folder.resolve("mine/thesis.txt"), "do not lose");

        assertThat(run("demo", "-o", output("mine"))).isEqualTo(2);
        assertThat(messages()).contains("was not made by graft demo");
        assertThat(folder.resolve("mine")).isDirectoryContaining("glob:**thesis.txt");
    }

    @Test
    void aReportReplacesAReportAndNothingElse() throws IOException {
        Files.writeString(folder.resolve("notes.json"), "{}");

        assertThat(run("verify", base, adapter, "--report", output("notes.html")))
                .isEqualTo(2);
        assertThat(messages()).contains("is not a report of Graft's", "notes.json");
        assertThat(run("verify", base, adapter, "--report", output("notes.txt")))
                .isEqualTo(2);
        assertThat(messages()).contains("expected a name that ends in .html");
    }

    @Test
    void latencyIsARatioToTheBase() {
        assertThat(run("bench", "latency", "--rounds", "2", "--tokens", "1")).isZero();
        assertThat(results())
                .contains(
                        "base", "merged", "attached, constant", "attached, input", "naive insertion", "median / base");
    }

    @Test
    void latencyIsMeasuredWhereWeightsAreExternal() {
        SyntheticLlama.Written llama = SyntheticLlama.write(folder, 2_000_000, DType.FLOAT32);

        assertThat(run(
                        "bench",
                        "latency",
                        llama.model().toString(),
                        llama.adapter().toString(),
                        "--rounds",
                        "1",
                        "--json"))
                .as(messages())
                .isZero();
        assertThat(json().getAsJsonObject("128").getAsJsonArray("rows")).hasSize(5);
    }

    @Test
    void mergeIsMeasuredAgainstACopy() throws IOException {
        assertThat(run("bench", "merge", "--sizes", "0.001", "--folder", folder.toString()))
                .isZero();
        assertThat(results()).contains("merge / copy", "peak heap");
        assertThat(folder.toFile().list()).as("files left behind").isEmpty();
    }

    private String generated(String model, String tokenizer, String... more) {
        List<String> words = new java.util.ArrayList<>(List.of(
                "generate",
                model,
                "--prompt",
                "This morning the harbour",
                "--tokenizer",
                tokenizer,
                "--max-tokens",
                "12"));
        words.addAll(List.of(more));
        assertThat(run(words.toArray(String[]::new))).as(messages()).isZero();
        return results();
    }
}
