package dev.graft.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.generate.Generation.StopReason;
import dev.graft.runtime.generate.sampling.SamplingSettings;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A language of five letters in which every letter is followed by the next, or with an adapter by one farther on. */
class BatchedTextGeneratorTest {
    private static final int LETTERS = 5;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final String A = "q.lora_A.weight";
    private static final String B = "q.lora_B.weight";

    /** How an export takes and gives: each forbids or allows padding in its own way. */
    enum Export {
        MASKED,
        WITHOUT_MASK,
        LAST_TOKEN_ONLY,
        LENGTH_OF_ANOTHER_NAME
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void everyTextIsContinuedWithItsOwnAdapterWhateverTheOthersLengths(Export export) throws Exception {
        try (BatchedModel model = alphabet(export, 2)) {
            SlotAdapter two = stepping(model, 2);
            SlotAdapter three = stepping(model, 3);

            List<Generation> texts = generator(model)
                    .generate(List.of(
                            prompt("abc", two, 4), prompt("a", null, 6), prompt("ed", three, 2), prompt("b", two, 1)));

            assertThat(texts).extracting(Generation::text).containsExactly("ebda", "bcdeab", "be", "d");
        }
    }

    @Test
    void aTextEndsByItsOwnRulesAndTheOthersGoOn() throws Exception {
        List<String> heard = new ArrayList<>();
        GenerationListener listener = new GenerationListener() {
            @Override
            public void onText(String piece) {
                heard.add(piece);
            }

            @Override
            public boolean wantsMore() {
                return heard.size() < 2;
            }
        };
        GenerationSettings many = GenerationSettings.ofMaxTokens(7);
        try (BatchedModel model = alphabet(Export.MASKED, 1)) {
            List<Generation> texts = generator(model)
                    .generate(List.of(
                            new BatchedPrompt("a", null, many.withStopTokens(Set.of(3L)), GenerationListener.NONE),
                            new BatchedPrompt("b", null, many.withStopStrings(List.of("ea")), GenerationListener.NONE),
                            new BatchedPrompt("c", null, many.withContextLength(4), GenerationListener.NONE),
                            new BatchedPrompt("d", null, many, listener),
                            new BatchedPrompt("e", null, GenerationSettings.ofMaxTokens(0), GenerationListener.NONE),
                            prompt("ab", null, 7)));

            assertThat(texts).extracting(Generation::text).containsExactly("bc", "cd", "dea", "ea", "", "cdeabcd");
            assertThat(texts)
                    .extracting(Generation::reason)
                    .containsExactly(
                            StopReason.STOP_TOKEN,
                            StopReason.STOP_STRING,
                            StopReason.CONTEXT_FULL,
                            StopReason.CANCELLED,
                            StopReason.MAX_TOKENS,
                            StopReason.MAX_TOKENS);
            assertThat(heard).containsExactly("e", "a");
        }
    }

    @Test
    void textsWaitForASlotAndWhoHasBegunGoesOn() throws Exception {
        List<String> order = new ArrayList<>();
        try (BatchedModel model = alphabet(Export.MASKED, 1)) {
            SlotAdapter two = stepping(model, 2);
            SlotAdapter three = stepping(model, 3);

            List<Generation> texts = generator(model)
                    .generate(List.of(told("a", two, 1, order), told("b", three, 2, order), told("c", two, 3, order)));

            assertThat(texts).extracting(Generation::text).containsExactly("c", "ec", "ebd");
            assertThat(order).containsExactly("a", "c", "c", "c", "b", "b");
        }
    }

    @Test
    void aSeedIsATextsOwn() throws Exception {
        GenerationSettings draw = GenerationSettings.ofMaxTokens(20)
                .withSampling(SamplingSettings.GREEDY.withTemperature(20).withSeed(3));
        GenerationSettings other = draw.withSampling(draw.sampling().withSeed(4));
        try (BatchedModel model = alphabet(Export.MASKED, 1)) {
            BatchedPrompt first = new BatchedPrompt("a", null, draw, GenerationListener.NONE);
            BatchedPrompt second = new BatchedPrompt("a", null, other, GenerationListener.NONE);

            List<Generation> together = generator(model).generate(List.of(first, second, first));
            Generation alone = generator(model).generate(List.of(second)).get(0);

            assertThat(together.get(0).text())
                    .isEqualTo(together.get(2).text())
                    .isNotEqualTo(together.get(1).text());
            assertThat(together.get(1).text()).isEqualTo(alone.text());
        }
    }

    @Test
    void whatCannotBeContinuedIsRefused() {
        try (BatchedModel model = alphabet(Export.MASKED, 1)) {
            assertThat(refused(model, prompt("", null, 1), ErrorCode.INPUTS_INVALID))
                    .hasMessageContaining("expected at least one token, got an empty text");
            assertThat(refused(
                            model,
                            new BatchedPrompt(
                                    "abc",
                                    null,
                                    GenerationSettings.ofMaxTokens(1).withContextLength(3),
                                    GenerationListener.NONE),
                            ErrorCode.INPUTS_INVALID))
                    .hasMessageContaining("the prompt has 3 tokens and the model's context holds 3");
            assertThat(refused(model, prompt("z", null, 1), ErrorCode.RUNTIME_FAILED))
                    .hasMessageContaining("out of data bounds");
        }
    }

    private static GraftException refused(BatchedModel model, BatchedPrompt prompt, ErrorCode code) {
        GraftException error = catchThrowableOfType(
                GraftException.class, () -> generator(model).generate(List.of(prompt("a", null, 2), prompt)));
        assertThat(error.code()).isEqualTo(code);
        return error;
    }

    private static BatchedTextGenerator generator(BatchedModel model) {
        return BatchedTextGenerator.of(BatchedDecoder.over(model), new Letters());
    }

    private static BatchedPrompt prompt(String text, @Nullable SlotAdapter adapter, int tokens) {
        return new BatchedPrompt(text, adapter, GenerationSettings.ofMaxTokens(tokens), GenerationListener.NONE);
    }

    /** A prompt that writes itself down for each token that it gets. */
    private static BatchedPrompt told(String text, SlotAdapter adapter, int tokens, List<String> order) {
        return new BatchedPrompt(text, adapter, GenerationSettings.ofMaxTokens(tokens), new GenerationListener() {
            @Override
            public void onToken(long token) {
                order.add(text);
            }
        });
    }

    /** An adapter that makes the letter so far on likelier than the next. */
    private static SlotAdapter stepping(BatchedModel model, int step) {
        return model.prepare("by-" + step, List.of(successors(A, 0, 1), successors(B, step, 20)));
    }

    /** Logits are x·next + x·A[slot]·B[slot], x being one letter's row of the identity. */
    private BatchedModel alphabet(Export export, int slots) {
        TinyModel tiny = TinyModel.create().input("input_ids", INT64, "batch", "sequence");
        if (export != Export.WITHOUT_MASK) {
            tiny.input("attention_mask", INT64, "batch", "sequence");
        }
        tiny.input("adapter_slot", INT64, "batch")
                .input(A, FLOAT, slots + 1, LETTERS, LETTERS)
                .input(B, FLOAT, slots + 1, LETTERS, LETTERS)
                .initializer(successors("table", 0, 1))
                .initializer(successors("next", 1, 10))
                .initializer(longs("minus_one", -1))
                .initializer(longs("end", Long.MAX_VALUE))
                .initializer(longs("tokens", 1))
                .node("Gather", List.of("table", "input_ids"), "x")
                .node("Gather", List.of(A, "adapter_slot"), "a")
                .node("Gather", List.of(B, "adapter_slot"), "b")
                .node("MatMul", List.of("x", "a"), "xa")
                .node("MatMul", List.of("xa", "b"), "delta")
                .node("MatMul", List.of("x", "next"), "y");
        if (export == Export.LAST_TOKEN_ONLY) {
            tiny.node("Add", List.of("y", "delta"), "all")
                    .node("Slice", List.of("all", "minus_one", "end", "tokens"), "logits")
                    .output("logits", FLOAT, "batch", 1, LETTERS);
        } else {
            String length = export == Export.LENGTH_OF_ANOTHER_NAME ? "steps" : "sequence";
            tiny.node("Add", List.of("y", "delta"), "logits").output("logits", FLOAT, "batch", length, LETTERS);
        }
        Path file = tiny.write(folder.resolve("alphabet-" + export + slots + ".onnx"));
        return BatchedModel.open(file, SessionSettings.DEFAULT);
    }

    /** A matrix that leads each letter to the one so far on. */
    private static Tensor successors(String name, int step, float height) {
        float[] values = new float[LETTERS * LETTERS];
        for (int letter = 0; letter < LETTERS; letter++) {
            values[letter * LETTERS + (letter + step) % LETTERS] = height;
        }
        return Tensor.ofFloats(name, Shape.of(LETTERS, LETTERS), values);
    }

    private static Tensor longs(String name, long value) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
        return new Tensor(name, DType.INT64, Shape.of(1), ByteSource.ofArray(bytes.array()));
    }
}
