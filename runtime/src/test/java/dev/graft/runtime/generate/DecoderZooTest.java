package dev.graft.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoders that other people exported: with the cache they say what they say without, or are refused with the reason. */
class DecoderZooTest {
    @ParameterizedTest
    @CsvSource({
        "models/stories260K/genai_fp32/model.onnx, 10, true, 1e-4",
        "models/stories260K/genai_fp32_lora/model.onnx, 10, true, 1e-4",
        // 4-bit kernels round the activations of one row otherwise than those of several
        "models/stories260K/genai_int4/model.onnx, 10, true, 0.5",
        "models/stories260K/genai_fp16_cuda/model.onnx, 10, true, 0.05",
        "models/stories260K/multilora/stories260K_hd16_multilora.onnx, 10, true, 1e-4",
        "models/stories260K/onnx/stories260K_ts.onnx, 0, false, 0",
        "models/stories260K/onnx/stories260K_dynamo.onnx, 0, false, 0",
        "conformance/exports/llama/dynamo_wrapped.onnx, 0, false, 0",
        "conformance/exports/llama/ts_wrapped.onnx, 0, false, 0",
        "conformance/exports/llama/peft_ts.onnx, 0, false, 0",
        "models/graph_zoo/genai_tiny_gpt2_past.onnx, 5, false, 1e-4",
        "models/graph_zoo/genai_lfm2.onnx, 6, false, 1e-4",
    })
    void theCacheChangesNothing(String model, int parts, boolean inPlace, double tolerance) {
        try (ModelSession session = ModelSession.open(Shared.path(model), SessionSettings.DEFAULT)) {
            // only the adapted model has no configuration beside it, which would tell
            TextModel text = TextModel.over(session, List.of(), InputHints.NONE.withDim("kv_cache_dim", 16));
            assertThat(text.cache().parts()).hasSize(parts);
            assertThat(text.cache().shareable()).isEqualTo(inPlace);
            try (Decoder kept = text.decoder();
                    Decoder fresh = text.decoderWithoutCache()) {
                long[] tokens = {1, 9, 17, 5};
                for (int i = 0; i < 80; i++) {
                    double[] logits = fresh.nextLogits(tokens);
                    assertThat(largestDifference(kept.nextLogits(tokens), logits))
                            .isLessThanOrEqualTo(tolerance);
                    tokens = Arrays.copyOf(tokens, tokens.length + 1);
                    tokens[tokens.length - 1] = highest(logits);
                }
                tokens[30]++;
                assertThat(largestDifference(kept.nextLogits(tokens), fresh.nextLogits(tokens)))
                        .isLessThanOrEqualTo(tolerance);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "models/graph_zoo/genai_phi3v_text.onnx ~ expected a causal language model, with one input of token ids",
                "models/graph_zoo/vespa_random_decoder.onnx ~ the model needs the input encoder_attention_mask: float32 [batch, source_tokens], which a text does not give",
                "models/graph_zoo/nextnode_transformer.onnx ~ the model takes exactly 8 tokens: input_ids: int64 [1, 8]",
                "models/graph_zoo/vespa_random_encoder.onnx ~ expected a causal language model, with one input of token ids",
                "models/graph_zoo/optimum_asset.onnx ~ expected a causal language model, with one input of token ids",
            })
    void whatIsNoDecoderOfTextAloneIsRefusedByName(String model, String message) {
        try (ModelSession session = ModelSession.open(Shared.path(model), SessionSettings.DEFAULT)) {
            GraftException error = catchThrowableOfType(GraftException.class, () -> TextModel.over(session, List.of()));

            assertThat(error.code()).isEqualTo(ErrorCode.ONNX_UNSUPPORTED);
            assertThat(error).hasMessageStartingWith(message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"genai_llama_fp32", "genai_llama_fp32_lora", "genai_llama_int4", "genai_llama_int4_qdq"})
    void headsThatTheFusedAttentionDoesNotTakeAreOnnxRuntimesToRefuse(String model) {
        Path file = Shared.path("conformance/exports/" + model + "/model.onnx");
        try (ModelSession session = ModelSession.open(file, SessionSettings.DEFAULT);
                Decoder decoder = TextModel.over(session, List.of()).decoder()) {
            GraftException error = catchThrowableOfType(GraftException.class, () -> decoder.nextLogits(new long[] {1}));

            assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
            assertThat(error).hasMessageContaining("multiple of 16");
        }
    }

    private static double largestDifference(double[] one, double[] other) {
        assertThat(one).hasSameSizeAs(other);
        return IntStream.range(0, one.length)
                .mapToDouble(i -> Math.abs(one[i] - other[i]))
                .max()
                .orElseThrow();
    }

    private static int highest(double[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
