package dev.graft.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.generate.Generation.StopReason;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A language of five letters in which every letter is followed by the next: its model is a table of logits. */
class GreedyGeneratorTest {
    private static final int LETTERS = 5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16"})
    void theLikeliestTokenFollowsEachTime(DType dtype) {
        try (ModelSession session = alphabet(dtype)) {
            List<Long> heard = new ArrayList<>();

            Generation generation =
                    generator(session, GenerationLimits.ofNewTokens(6)).generate(new long[] {0, 3}, heard::add);

            assertThat(generation)
                    .isEqualTo(new Generation(List.of(0L, 3L, 4L, 0L, 1L, 2L, 3L, 4L), 2, StopReason.NEW_TOKENS));
            assertThat(generation.newTokens()).containsExactly(4L, 0L, 1L, 2L, 3L, 4L);
            assertThat(heard).containsExactly(4L, 0L, 1L, 2L, 3L, 4L);
        }
    }

    @Test
    void aStopTokenEndsTheTextAndIsNotPartOfIt() {
        try (ModelSession session = alphabet(DType.FLOAT32)) {
            Generation generation = generator(session, new GenerationLimits(10, 100, Set.of(4L)))
                    .generate(new long[] {1}, token -> {});

            assertThat(generation).isEqualTo(new Generation(List.of(1L, 2L, 3L), 1, StopReason.STOP_TOKEN));
        }
    }

    @Test
    void aFullContextEndsTheText() {
        try (ModelSession session = alphabet(DType.FLOAT32)) {
            Generation generation =
                    generator(session, new GenerationLimits(10, 4, Set.of())).generate(new long[] {0, 1}, token -> {});

            assertThat(generation).isEqualTo(new Generation(List.of(0L, 1L, 2L, 3L), 2, StopReason.CONTEXT_FULL));
        }
    }

    @Test
    void textGoesThroughTheTokenizer() {
        try (ModelSession session = alphabet(DType.FLOAT32)) {
            assertThat(generator(session, GenerationLimits.ofNewTokens(3)).generate("ab", new Letters()))
                    .isEqualTo("cde");
        }
    }

    @Test
    void promptsThatAreEmptyOrTooLongAreRefused() {
        try (ModelSession session = alphabet(DType.FLOAT32)) {
            GreedyGenerator generator = generator(session, new GenerationLimits(1, 2, Set.of()));

            GraftException empty =
                    catchThrowableOfType(GraftException.class, () -> generator.generate(new long[0], token -> {}));
            GraftException full = catchThrowableOfType(
                    GraftException.class, () -> generator.generate(new long[] {1, 2}, token -> {}));

            assertThat(empty.code()).isEqualTo(ErrorCode.INPUTS_INVALID);
            assertThat(empty).hasMessage("expected at least one token, got an empty text");
            assertThat(full).hasMessage("the prompt has 2 tokens and the model's context holds 2");
        }
    }

    @Test
    void logitsWithoutANumberAreRefused() {
        try (ModelSession session = table(DType.FLOAT32, new double[LETTERS * LETTERS], Double.NaN)) {
            GraftException error = catchThrowableOfType(
                    GraftException.class,
                    () -> generator(session, GenerationLimits.ofNewTokens(1)).generate(new long[] {1}, token -> {}));

            assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
            assertThat(error).hasMessage("no logit is a number");
        }
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

    private static GreedyGenerator generator(ModelSession session, GenerationLimits limits) {
        return new GreedyGenerator(TextModel.over(session, List.of()), limits);
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

    /** One letter, one token. */
    private static final class Letters implements TokenizerSource {
        @Override
        public long[] encode(String text) {
            return text.chars().mapToLong(letter -> letter - 'a').toArray();
        }

        @Override
        public long[] encodeBare(String text) {
            return encode(text);
        }

        @Override
        public EncodedText encodePair(String first, String second) {
            long[] ids = encode(first);
            return new EncodedText(ids, new long[ids.length], new long[ids.length]);
        }

        @Override
        public OptionalLong idOf(String token) {
            return token.length() == 1 ? OptionalLong.of(token.charAt(0) - 'a') : OptionalLong.empty();
        }

        @Override
        public String decode(long[] ids) {
            return Arrays.stream(ids)
                    .mapToObj(id -> String.valueOf((char) ('a' + id)))
                    .collect(Collectors.joining());
        }
    }
}
