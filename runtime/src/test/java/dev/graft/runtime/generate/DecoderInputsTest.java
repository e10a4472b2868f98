package dev.graft.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What follows from two new tokens behind three that are in the cache. */
class DecoderInputsTest {
    private static final int LONG = DType.INT64.onnxNumber();
    private static final int INT = DType.INT32.onnxNumber();
    private static final int FLOAT = DType.FLOAT32.onnxNumber();
    private static final int HALF = DType.FLOAT16.onnxNumber();
    private static final int BOOL = DType.BOOL.onnxNumber();

    @TempDir
    Path folder;

    @Test
    void everythingCountsFromTheCache() {
        Map<String, HostTensor> values = values(model().input("attention_mask", LONG, "batch", "total")
                .input("position_ids", INT, "batch", "s")
                .input("cache_position", LONG, "s")
                .input("mrope_position_ids", LONG, 3, "batch", "s")
                .input("token_type_ids", LONG, "batch", "s")
                .input("use_cache_branch", BOOL, 1)
                .input("total_sequence_length", INT)
                .input("seqlens_k", INT, "batch")
                .input("past_seq_len", INT, 1, 1)
                .input("num_logits_to_keep", LONG));

        assertThat(values.get("input_ids").toLongs()).containsExactly(7, 9);
        assertThat(values.get("attention_mask").toLongs()).containsExactly(1, 1, 1, 1, 1);
        assertThat(values.get("position_ids").toLongs()).containsExactly(3, 4);
        assertThat(values.get("position_ids")).hasToString("int32 [1, 2]");
        assertThat(values.get("cache_position").toLongs()).containsExactly(3, 4);
        assertThat(values.get("mrope_position_ids")).hasToString("int64 [3, 1, 2]");
        assertThat(values.get("mrope_position_ids").toLongs()).containsExactly(3, 4, 3, 4, 3, 4);
        assertThat(values.get("token_type_ids").toLongs()).containsExactly(0, 0);
        assertThat(values.get("use_cache_branch").toLongs()).containsExactly(1);
        assertThat(values.get("total_sequence_length").toLongs()).containsExactly(5);
        assertThat(values.get("seqlens_k").toLongs()).containsExactly(4);
        assertThat(values.get("past_seq_len")).hasToString("int32 [1, 1]");
        assertThat(values.get("past_seq_len").toLongs()).containsExactly(3);
        assertThat(values.get("num_logits_to_keep").toLongs()).containsExactly(1);
    }

    @Test
    void aMaskOfQueriesAndKeysHidesWhatComesLater() {
        Map<String, HostTensor> values = values(model().input("attention_mask", FLOAT, "batch", 1, "s", "total")
                .input("half_mask", HALF, "batch", 1, "s", "total")
                .input("bool_mask", BOOL, "batch", 1, "s", "total"));

        assertThat(values.get("attention_mask").toDoubles()).containsExactly(0, 0, 0, 0, -1e9, 0, 0, 0, 0, 0);
        assertThat(values.get("half_mask").toDoubles()[4]).isBetween(-65504.0, -50000.0);
        assertThat(values.get("bool_mask").toLongs()).containsExactly(1, 1, 1, 1, 0, 1, 1, 1, 1, 1);
    }

    @Test
    void anInputThatATextDoesNotGiveIsRefused() {
        assertThat(refused(model().input("pixel_values", FLOAT, "batch", 3, 8, 8)))
                .hasMessage(
                        "the model needs the input pixel_values: float32 [batch, 3, 8, 8], which a text does not give");
        assertThat(refused(TinyModel.create().input("input_ids", LONG, 4, "s")))
                .hasMessage("the model takes exactly 4 rows: input_ids: int64 [4, s]");
        assertThat(refused(TinyModel.create().input("input_ids", LONG, "batch", 32)))
                .hasMessage("the model takes exactly 32 tokens: input_ids: int64 [batch, 32]");
    }

    private static TinyModel model() {
        return TinyModel.create().input("input_ids", LONG, "batch", "s");
    }

    private Map<String, HostTensor> values(TinyModel model) {
        return inputs(model).values(3, new long[] {7, 9});
    }

    private GraftException refused(TinyModel model) {
        GraftException error = catchThrowableOfType(GraftException.class, () -> inputs(model));
        assertThat(error.code()).isEqualTo(ErrorCode.ONNX_UNSUPPORTED);
        return error;
    }

    private DecoderInputs inputs(TinyModel model) {
        Path file = model.node("Cast", Map.of("to", 1L), List.of("input_ids"), "y")
                .output("y", FLOAT, "b", "t")
                .write(folder.resolve("model.onnx"));
        try (ModelSession session = ModelSession.open(file, SessionSettings.DEFAULT)) {
            return DecoderInputs.of(
                    session,
                    session.inputs().stream()
                            .filter(input -> input.name().equals("input_ids"))
                            .findFirst()
                            .orElseThrow(),
                    Set.of());
        }
    }
}
