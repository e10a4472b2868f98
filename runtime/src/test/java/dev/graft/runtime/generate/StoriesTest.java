package dev.graft.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue.JsonNumber;
import dev.graft.adapter.format.json.JsonValue.JsonObject;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.runtime.compare.OutputComparison;
import dev.graft.runtime.compare.OutputKind;
import dev.graft.runtime.inputs.InputFiles;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A published model that writes stories, from two exporters and with an adapter that ONNX Runtime's own API switches. */
class StoriesTest {
    @ParameterizedTest
    @ValueSource(strings = {"onnx/stories260K_ts.onnx", "onnx/stories260K_dynamo.onnx", "genai_fp32/model.onnx"})
    void theStoryIsThePublishedOne(String export) throws Exception {
        try (ModelSession session = ModelSession.open(file(export), SessionSettings.DEFAULT)) {
            Generation story = generate(TextModel.over(session, List.of()).decoder(), 256);

            String text = decode(story.newTokens());
            assertThat(text).hasSizeGreaterThan(100);
            // the published text goes on for as long as its 256 positions allow
            assertThat(text)
                    .startsWith(
                            " " + Files.readString(file("expected_greedy.txt")).stripTrailing());
        }
    }

    @Test
    void anAdapterSwitchedInGivesTheLogitsOfPeft() {
        Path expected = file("stories260K_hd16_expected.safetensors");
        Map<String, Tensor> tensors = SafetensorsReader.read(expected).tensors();
        try (ModelSession session =
                ModelSession.open(file("multilora/stories260K_hd16_multilora.onnx"), SessionSettings.DEFAULT)) {
            LoadedAdapter adapter = session.loadAdapter(file("multilora/stories260K_e2e_r8.onnx_adapter"));
            InputHints hints = InputHints.NONE.withDim("kv_cache_dim", 16);
            Map<String, HostTensor> inputs =
                    InputFiles.read(expected, session.inputs(), hints).get(0);

            HostTensor base = session.run(inputs).get("logits");
            HostTensor adapted = session.run(inputs, List.of(adapter)).get("logits");

            // logits reach 20; the fused attention of this export sums in another order than PyTorch
            assertThat(maxError(tensors.get("logits_base"), base)).isCloseTo(0, within(1e-4));
            assertThat(maxError(tensors.get("logits_peft_unmerged"), adapted)).isCloseTo(0, within(1e-4));
            assertThat(maxError(tensors.get("logits_base"), adapted)).isGreaterThan(1);
        }
    }

    private static Generation generate(Decoder decoder, int tokens) {
        try (TextGenerator generator = TextGenerator.of(decoder, new Letters())) {
            return generator.generate(new long[] {1}, GenerationSettings.ofMaxTokens(tokens), GenerationListener.NONE);
        }
    }

    private static double maxError(Tensor expected, HostTensor actual) {
        return OutputComparison.of("logits", OutputKind.LOGITS, HostTensor.of(expected), actual)
                .maxError();
    }

    private static String decode(List<Long> ids) {
        JsonObject tokenizer = JsonFiles.readObject(file("hf/tokenizer.json"));
        JsonObject vocabulary = (JsonObject)
                ((JsonObject) tokenizer.members().get("model")).members().get("vocab");
        Map<Long, String> pieces = new HashMap<>();
        vocabulary
                .members()
                .forEach((piece, id) -> pieces.put(((JsonNumber) id).toLong().orElseThrow(), piece));
        StringBuilder text = new StringBuilder();
        for (long id : ids) {
            text.append(pieces.get(id));
        }
        return text.toString().replace('\u2581', ' ').replace("<0x0A>", "\n");
    }

    private static Path file(String name) {
        return Shared.path("models/stories260K/" + name);
    }
}
