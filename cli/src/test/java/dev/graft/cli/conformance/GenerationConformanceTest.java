package dev.graft.cli.conformance;

import com.google.gson.Gson;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.cli.generate.LanguageModel;
import dev.graft.cli.io.SwitchedAdapter;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.runtime.generate.Decoder;
import dev.graft.runtime.generate.Generation;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.TextModel;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.testing.Fixtures;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A published model that writes stories, alone and with an adapter in every form, against its published text and what PEFT generates; with the cache and without. */
@Tag("conformance")
class GenerationConformanceTest {
    private static final Path STORIES = Shared.path("models/stories260K");
    private static final Map<String, String> ADAPTERS = Map.of(
            "onnx/stories260K_ts.onnx", "peft_e2e_r8",
            "onnx/stories260K_dynamo.onnx", "peft_e2e_r8",
            "genai_fp32/model.onnx", "peft_e2e_r8_hd16");

    @TempDir
    Path folder;

    /** What PEFT generates: with an adapter, or with none where its name is empty. */
    private record Golden(List<Text> texts) {
        record Text(String adapter, String prompt, List<Long> prompt_tokens, List<Long> tokens, String text) {}

        List<Text> by(String adapter) {
            return texts.stream().filter(text -> text.adapter().equals(adapter)).toList();
        }
    }

    @Test
    void everyFormSaysWhatThePublisherAndPeftSay() throws IOException {
        CaseTable table = new CaseTable("stories260K, generated");
        Golden golden = new Gson().fromJson(Files.readString(Fixtures.path("generation/stories.json")), Golden.class);
        for (Map.Entry<String, String> one : new TreeMap<>(ADAPTERS).entrySet()) {
            Path base = STORIES.resolve(one.getKey());
            Resolution resolution = resolve(base, STORIES.resolve(one.getValue()));
            List<Golden.Text> adapted = golden.by(one.getValue());
            table.add(one.getKey() + ", published text", () -> published(base));
            table.add(one.getKey() + ", base", () -> check(base, golden.by("")));
            table.add(one.getKey() + ", merged", () -> check(merged(resolution), adapted));
            table.add(one.getKey() + ", attached", () -> check(attached(resolution, AttachStyle.CONSTANT), adapted));
            table.add(
                    one.getKey() + ", switched in",
                    () -> switched(
                            attached(resolution, AttachStyle.INPUT), resolution.adapters(), golden.by(""), adapted));
        }
        List<Golden.Text> wide = golden.by("peft_e2e_r8_hd16");
        table.add("genai's own adapter", () -> check(STORIES.resolve("genai_fp32_lora/model.onnx"), wide));
        table.add(
                "ONNX Runtime's own adapter file",
                () -> switched(
                        STORIES.resolve("multilora/stories260K_hd16_multilora.onnx"),
                        List.of(adapter(STORIES.resolve("multilora/stories260K_e2e_r8.onnx_adapter"))),
                        golden.by(""),
                        wide));
        table.assertNoneMissed(17);
    }

    private static String published(Path base) throws IOException {
        String expected =
                Files.readString(STORIES.resolve("expected_greedy.txt")).stripTrailing();
        try (LanguageModel model = open(base)) {
            GenerationSettings settings = model.complete(GenerationSettings.ofMaxTokens(256));
            String cached =
                    text(model, model.with(List.of()).decoder(), "", settings).text();
            String whole = text(model, model.with(List.of()).decoderWithoutCache(), "", settings)
                    .text();
            if (!cached.startsWith(expected) || !whole.startsWith(expected)) {
                throw new AssertionError("got " + cached);
            }
            return expected.length() + " characters";
        }
    }

    private static String check(Path file, List<Golden.Text> expected) {
        try (LanguageModel model = open(file)) {
            return check(model, model.with(List.of()), expected);
        }
    }

    private static String switched(
            Path file, List<WeightedAdapter> adapters, List<Golden.Text> without, List<Golden.Text> with) {
        try (LanguageModel model = open(file);
                SwitchedAdapter loaded = SwitchedAdapter.load(model.session(), adapters)) {
            check(model, model.with(List.of()), without);
            return check(model, model.with(loaded.loaded()), with) + ", and the base without it";
        }
    }

    private static String check(LanguageModel model, TextModel text, List<Golden.Text> texts) {
        int tokens = 0;
        for (Golden.Text expected : texts) {
            GenerationSettings settings =
                    GenerationSettings.ofMaxTokens(expected.tokens().size());
            compare(text(model, text.decoder(), expected.prompt(), settings), expected);
            compare(text(model, text.decoderWithoutCache(), expected.prompt(), settings), expected);
            tokens += expected.tokens().size();
        }
        if (tokens == 0) {
            throw new AssertionError("nothing to compare with");
        }
        return tokens + " tokens, "
                + (text.cache().isPresent() ? "with the cache and without" : "no cache in the graph");
    }

    private static void compare(Generation generation, Golden.Text expected) {
        boolean same = generation.prompt().equals(expected.prompt_tokens())
                && generation.newTokens().equals(expected.tokens())
                && (expected.prompt() + generation.text()).equals(expected.text());
        if (!same) {
            throw new AssertionError("expected " + expected.text() + ", got " + expected.prompt() + generation.text());
        }
    }

    private static Generation text(LanguageModel model, Decoder decoder, String prompt, GenerationSettings settings) {
        try (TextGenerator generator = TextGenerator.of(decoder, model.tokenizer())) {
            return generator.generate(prompt, settings, GenerationListener.NONE);
        }
    }

    private static LanguageModel open(Path file) {
        // of the two tokenizers, which are the same, this one has the width of the cache beside it
        return LanguageModel.open(file, STORIES.resolve("genai_fp32/tokenizer.json"), SessionSettings.DEFAULT);
    }

    private Path merged(Resolution resolution) throws IOException {
        Path file = Files.createTempDirectory(folder, "merged").resolve("model.onnx");
        Merger.merge(resolution, file, new MergeOptions(true, false, 2), Progress.NONE);
        return file;
    }

    private Path attached(Resolution resolution, AttachStyle style) throws IOException {
        Path file = Files.createTempDirectory(folder, "attached").resolve("model.onnx");
        Attacher.attach(resolution, file, AttachOptions.DEFAULT.withStyle(style), Progress.NONE);
        return file;
    }

    private static Resolution resolve(Path base, Path adapter) {
        return Resolver.resolve(ModelScanner.scan(base), List.of(adapter(adapter)), ResolveOptions.DEFAULT);
    }

    private static WeightedAdapter adapter(Path path) {
        return new WeightedAdapter(AdapterFiles.readAdapter(path, ReadOptions.DEFAULT), 1);
    }
}
