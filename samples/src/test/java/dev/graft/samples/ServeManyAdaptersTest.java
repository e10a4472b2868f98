package dev.graft.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.cli.tokenizer.HuggingFaceTokenizerSource;
import dev.graft.runtime.generate.GenerationListener;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.TextModel;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.serving.MergedModels;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service under load that switches adapters on every request; what is right comes from models that are merged, each with one adapter or the mix. */
class ServeManyAdaptersTest {
    private static final Path SAMPLE = Path.of("language-model");
    private static final List<String> PROMPTS =
            List.of("This morning the harbour", "Mara the captain", "At noon the garden", "Before dawn the market");

    @TempDir
    Path folder;

    @Test
    void everyAnswerIsThatOfItsOwnAdapter() throws Exception {
        try (HuggingFaceTokenizerSource tokenizer =
                        HuggingFaceTokenizerSource.open(SAMPLE.resolve("base").resolve("tokenizer.json"));
                ServeManyAdapters service = ServeManyAdapters.start(SAMPLE, tokenizer, folder, 0)) {
            Map<String, Map<String, String>> expected = new LinkedHashMap<>();
            expected.put("", answers(tokenizer));
            expected.put("pirate", answers(tokenizer, adapter("adapter", 1)));
            expected.put("commentator", answers(tokenizer, adapter("adapter-second-style", 1)));
            expected.put("small", answers(tokenizer, adapter("adapter-small", 1)));
            expected.put(
                    "pirate@0.7,small@0.3", answers(tokenizer, adapter("adapter", 0.7), adapter("adapter-small", 0.3)));
            assertThat(expected.values())
                    .as("adapters that say something of their own")
                    .doesNotHaveDuplicates();
            LoadOnService load = new LoadOnService(service.port(), 4, 40);

            LoadOnService.Result base = load.run(Map.of("", expected.getOrDefault("", Map.of())));
            LoadOnService.Result switching = load.run(expected);

            System.out.println("base only:          " + base);
            System.out.println("another each time:  " + switching);
            assertThat(switching.wrong()).isZero();
            assertThat(switching.requests()).isEqualTo(160);
            assertThat(load.ask("pirat", "Mara"))
                    .isEqualTo("unknown adapter \"pirat\"; loaded: commentator, pirate, small");
            assertThat(metrics(service.port()))
                    .contains("graft_adapter_switches_total{adapter=\"pirate+small\"}")
                    .contains("graft_adapter_load_seconds_count 4")
                    // 160 with the base alone, 160 with another adapter each time; the one that failed is not among
                    // them
                    .contains("graft_text_seconds_count 320");
        }
    }

    private static Map<String, String> answers(HuggingFaceTokenizerSource tokenizer, WeightedAdapter... adapters) {
        Map<String, String> answers = new LinkedHashMap<>();
        Path base = SAMPLE.resolve("base").resolve("model.onnx");
        try (ModelSession merged = MergedModels.open(base, List.of(adapters), SessionSettings.DEFAULT)) {
            for (String prompt : PROMPTS) {
                try (TextGenerator generator = TextGenerator.of(TextModel.over(merged, List.of()), tokenizer)) {
                    answers.put(
                            prompt,
                            generator
                                    .generate(prompt, GenerationSettings.ofMaxTokens(16), GenerationListener.NONE)
                                    .text());
                }
            }
        }
        return answers;
    }

    private static WeightedAdapter adapter(String name, double weight) {
        return new WeightedAdapter(AdapterFiles.readAdapter(SAMPLE.resolve(name), ReadOptions.DEFAULT), weight);
    }

    private static String metrics(int port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
