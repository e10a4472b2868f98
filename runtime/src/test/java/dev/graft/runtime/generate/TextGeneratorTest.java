package dev.graft.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.generate.Generation.StopReason;
import dev.graft.runtime.generate.sampling.SamplingSettings;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A language of five letters in which every letter is followed by the next: its model is a table of logits. */
class TextGeneratorTest {
    private static final int LETTERS = 5;
    private static final Letters TOKENIZER = new Letters();

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16"})
    void theLikeliestTokenFollowsEachTime(DType dtype) {
        try (ModelSession session = alphabet(dtype);
                TextGenerator generator = generator(session)) {
            Heard heard = new Heard();

            Generation generation = generator.generate(new long[] {0, 3}, GenerationSettings.ofMaxTokens(6), heard);

            assertThat(generation.tokens()).containsExactly(0L, 3L, 4L, 0L, 1L, 2L, 3L, 4L);
            assertThat(generation.prompt()).containsExactly(0L, 3L);
            assertThat(generation.newTokens()).containsExactly(4L, 0L, 1L, 2L, 3L, 4L);
            assertThat(generation.text()).isEqualTo("eabcde");
            assertThat(generation.reason()).isEqualTo(StopReason.MAX_TOKENS);
            assertThat(generation.time()).isGreaterThanOrEqualTo(generation.timeToFirstToken());
            assertThat(heard.tokens).containsExactly(4L, 0L, 1L, 2L, 3L, 4L);
            assertThat(heard.pieces).containsExactly("e", "a", "b", "c", "d", "e");
        }
    }

    @Test
    void aStopTokenEndsTheTextAndIsNotPartOfIt() {
        Generation generation =
                generated("b", GenerationSettings.ofMaxTokens(10).withStopTokens(Set.of(4L)));

        assertThat(generation.tokens()).containsExactly(1L, 2L, 3L);
        assertThat(generation.text()).isEqualTo("cd");
        assertThat(generation.reason()).isEqualTo(StopReason.STOP_TOKEN);
    }

    @Test
    void aStopStringEndsTheTextAndItsTokensRemain() {
        Generation generation =
                generated("b", GenerationSettings.ofMaxTokens(10).withStopStrings(List.of("zz", "ea")));

        assertThat(generation.text()).isEqualTo("cd");
        assertThat(generation.newTokens()).containsExactly(2L, 3L, 4L, 0L);
        assertThat(generation.reason()).isEqualTo(StopReason.STOP_STRING);
    }

    @Test
    void whatMightHaveBecomeAStopStringComesAtTheEnd() {
        try (ModelSession session = alphabet(DType.FLOAT32);
                TextGenerator generator = generator(session)) {
            Heard heard = new Heard();

            Generation generation = generator.generate(
                    new long[] {1}, GenerationSettings.ofMaxTokens(3).withStopStrings(List.of("deb")), heard);

            assertThat(generation.text()).isEqualTo("cde");
            assertThat(generation.reason()).isEqualTo(StopReason.MAX_TOKENS);
            assertThat(heard.pieces).containsExactly("c", "de");
        }
    }

    @Test
    void aFullContextEndsTheText() {
        Generation generation =
                generated("ab", GenerationSettings.ofMaxTokens(10).withContextLength(4));

        assertThat(generation.tokens()).containsExactly(0L, 1L, 2L, 3L);
        assertThat(generation.reason()).isEqualTo(StopReason.CONTEXT_FULL);
    }

    @Test
    void aListenerThatHasEnoughEndsTheText() {
        try (ModelSession session = alphabet(DType.FLOAT32);
                TextGenerator generator = generator(session)) {
            Heard heard = new Heard() {
                @Override
                public boolean wantsMore() {
                    return tokens.size() < 2;
                }
            };

            Generation generation = generator.generate(new long[] {0}, GenerationSettings.ofMaxTokens(9), heard);

            assertThat(generation.text()).isEqualTo("bc");
            assertThat(generation.reason()).isEqualTo(StopReason.CANCELLED);
        }
    }

    @Test
    void promptsThatAreEmptyOrTooLongAreRefused() {
        GenerationSettings settings = GenerationSettings.ofMaxTokens(1).withContextLength(2);
        GraftException empty = catchThrowableOfType(GraftException.class, () -> generated("", settings));
        GraftException full = catchThrowableOfType(GraftException.class, () -> generated("bc", settings));

        assertThat(empty.code()).isEqualTo(ErrorCode.INPUTS_INVALID);
        assertThat(empty).hasMessage("expected at least one token, got an empty text");
        assertThat(full).hasMessage("the prompt has 2 tokens and the model's context holds 2");
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        GenerationSettings settings = GenerationSettings.ofMaxTokens(1);
        assertThat(catchThrowableOfType(GraftException.class, () -> settings.withStopStrings(List.of(""))))
                .hasMessage("a stop string is empty")
                .returns("Leave it out: every text ends with an empty one at once.", GraftException::remedy);
        assertThat(catchThrowableOfType(GraftException.class, () -> settings.withContextLength(0)))
                .hasMessage("expected a number of tokens from 0 and a context from 1, got 1 and 0");
    }

    @Test
    void logitsWithoutANumberAreRefused() {
        try (ModelSession session = table(DType.FLOAT32, new double[LETTERS * LETTERS], Double.NaN);
                TextGenerator generator = generator(session)) {
            GraftException error = catchThrowableOfType(
                    GraftException.class,
                    () -> generator.generate("b", GenerationSettings.ofMaxTokens(1), GenerationListener.NONE));

            assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
            assertThat(error).hasMessage("no logit is a number");
        }
    }

    @Test
    void aDrawFollowsTheSeed() {
        SamplingSettings warm = SamplingSettings.GREEDY.withTemperature(2);
        List<String> texts = LongStream.range(0, 20)
                .mapToObj(seed -> generated(
                                "a", GenerationSettings.ofMaxTokens(12).withSampling(warm.withSeed(seed)))
                        .text())
                .toList();

        assertThat(texts.stream().distinct().count()).isGreaterThan(15);
        assertThat(generated("a", GenerationSettings.ofMaxTokens(12).withSampling(warm.withSeed(7)))
                        .text())
                .isEqualTo(texts.get(7));
    }

    @Test
    void aModelThatIsNoLanguageModelIsRefused() {
        Path model = TinyModel.create()
                .input("pixels", DType.FLOAT32.onnxNumber(), "n", 3)
                .node("Exp", List.of("pixels"), "y")
                .output("y", DType.FLOAT32.onnxNumber(), "n", 3)
                .write(folder.resolve("picture.onnx"));
        try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT)) {
            GraftException error = catchThrowableOfType(GraftException.class, () -> TextModel.over(session, List.of()));

            assertThat(error.code()).isEqualTo(ErrorCode.ONNX_UNSUPPORTED);
            assertThat(error).hasMessageEndingWith("got [pixels: float32 [n, 3]] to [y: float32 [n, 3]]");
        }
    }

    private Generation generated(String prompt, GenerationSettings settings) {
        try (ModelSession session = alphabet(DType.FLOAT32);
                TextGenerator generator = generator(session)) {
            return generator.generate(prompt, settings, GenerationListener.NONE);
        }
    }

    private static TextGenerator generator(ModelSession session) {
        return TextGenerator.of(TextModel.over(session, List.of()), TOKENIZER);
    }

    private static class Heard implements GenerationListener {
        final List<Long> tokens = new ArrayList<>();
        final List<String> pieces = new ArrayList<>();

        @Override
        public void onToken(long token) {
            tokens.add(token);
        }

        @Override
        public void onText(String piece) {
            pieces.add(piece);
        }
    }

    private ModelSession alphabet(DType dtype) {
        double[] logits = new double[LETTERS * LETTERS];
        for (int letter = 0; letter < LETTERS; letter++) {
            logits[letter * LETTERS + (letter + 1) % LETTERS] = 2;
        }
        return table(dtype, logits, 0);
    }

    private ModelSession table(DType dtype, double[] logits, double added) {
        double[] values = Arrays.stream(logits).map(logit -> logit + added).toArray();
        Path model = TinyModel.create()
                .input("input_ids", DType.INT64.onnxNumber(), "batch", "sequence")
                .input("attention_mask", DType.INT64.onnxNumber(), "batch", "total_sequence")
                .initializer(Tensor.ofDoubles("table", dtype, Shape.of(LETTERS, LETTERS), values))
                .node("Gather", List.of("table", "input_ids"), "logits")
                .output("logits", dtype.onnxNumber(), "batch", "sequence", LETTERS)
                .write(folder.resolve("alphabet.onnx"));
        return ModelSession.open(model, SessionSettings.DEFAULT);
    }
}
