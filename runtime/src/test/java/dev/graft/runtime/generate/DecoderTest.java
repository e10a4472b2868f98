package dev.graft.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue.JsonArray;
import dev.graft.adapter.format.json.JsonValue.JsonNumber;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.generate.cache.CachePart;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One decoder as three exporters write it, against what PyTorch generates with it. */
class DecoderTest {
    private static final Path FOLDER = Fixtures.path("generation/decoders");

    @ParameterizedTest
    @ValueSource(strings = {"dynamo", "ts", "optimum_with_past", "optimum_merged"})
    void theTextIsPyTorchsWithTheCacheAndWithout(String export) {
        long[] prompt = golden("prompt");
        try (ModelSession session = open(export)) {
            TextModel model = TextModel.over(session, List.of());

            assertThat(continued(model.decoder(), prompt)).isEqualTo(golden("tokens"));
            assertThat(continued(model.decoderWithoutCache(), prompt)).isEqualTo(golden("tokens"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "dynamo ~ past_key_1 -> cat_11 [1, 1, tokens, 8]",
                "ts ~ past_key_1 -> present_key_1 [1, 1, tokens, 8]",
                "optimum_with_past ~ past_key_values.1.key -> present.1.key [1, 1, tokens, 8]",
                "optimum_merged ~ past_key_values.1.key -> present.1.key [1, 1, tokens, 8]",
            })
    void theCacheIsFoundByNameOrThroughTheGraph(String export, String part) {
        try (ModelSession session = open(export)) {
            List<CachePart> parts = TextModel.over(session, List.of()).cache().parts();

            assertThat(parts).hasSize(4).extracting(CachePart::toString).contains(part);
            assertThat(parts).extracting(CachePart::output).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dynamo", "ts", "optimum_with_past", "optimum_merged"})
    void aTextThatGoesOnOrTurnsElsewhereIsReadFromWhereItDiffers(String export) {
        long[] tokens = golden("tokens");
        long[] other = tokens.clone();
        other[6] = 9;
        try (ModelSession session = open(export);
                Decoder kept = TextModel.over(session, List.of()).decoder();
                Decoder fresh = TextModel.over(session, List.of()).decoderWithoutCache()) {
            for (long[] text : List.of(
                    Arrays.copyOf(tokens, 5),
                    Arrays.copyOf(tokens, 12),
                    Arrays.copyOf(tokens, 13),
                    Arrays.copyOf(other, 20),
                    Arrays.copyOf(other, 3),
                    Arrays.copyOf(other, 3))) {
                assertThat(kept.nextLogits(text)).containsExactly(fresh.nextLogits(text), within(1e-5));
                assertThat(kept.cachedTokens()).isEqualTo(text.length);
                assertThat(fresh.cachedTokens()).isZero();
            }
        }
    }

    @Test
    void aClosedDecoderIsNotUsed() {
        try (ModelSession session = open("ts")) {
            Decoder decoder = TextModel.over(session, List.of()).decoder();
            decoder.close();
            decoder.close();

            assertThat(catchThrowableOfType(IllegalStateException.class, () -> decoder.nextLogits(new long[] {1})))
                    .hasMessageEndingWith("is closed");
        }
    }

    @Test
    void aDecoderHoldsItsSession() {
        ModelSession session = open("ts");
        try (Decoder decoder = TextModel.over(session, List.of()).decoder()) {
            session.close();

            assertThat(continued(decoder, golden("prompt"))).isEqualTo(golden("tokens"));
        }
    }

    @Test
    void aTokenBeyondTheVocabularyIsRefused() {
        try (ModelSession session = open("ts");
                Decoder decoder = TextModel.over(session, List.of()).decoder()) {
            GraftException error =
                    catchThrowableOfType(GraftException.class, () -> decoder.nextLogits(new long[] {1, 2400}));

            assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
            assertThat(error).hasMessageContaining("out of data bounds");
            assertThat(decoder.nextLogits(new long[] {1, 2})).hasSize(24);
        }
    }

    private static long[] continued(Decoder decoder, long[] prompt) {
        int more = golden("tokens").length - prompt.length;
        try (TextGenerator generator = TextGenerator.of(decoder, new Letters())) {
            Generation generation =
                    generator.generate(prompt, GenerationSettings.ofMaxTokens(more), GenerationListener.NONE);
            return generation.tokens().stream().mapToLong(Long::longValue).toArray();
        }
    }

    private static ModelSession open(String export) {
        return ModelSession.open(FOLDER.resolve(export + ".onnx"), SessionSettings.DEFAULT);
    }

    private static long[] golden(String name) {
        JsonArray array = (JsonArray)
                JsonFiles.readObject(FOLDER.resolve("greedy.json")).members().get(name);
        return array.items().stream()
                .mapToLong(item -> ((JsonNumber) item).toLong().orElseThrow())
                .toArray();
    }
}
