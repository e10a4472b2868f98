package dev.graft.runtime.inputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleInputsTest {
    private static final SampleSize TWO_BY_THREE = new SampleSize(2, 3);

    @Test
    void tokenIdsStayBelowTheVocabulary() {
        ValueDescription ids = input("input_ids", DType.INT64, "batch", "sequence");

        HostTensor sample = make(InputHints.NONE.withBound("input_ids", 7), new SampleSize(50, 20), ids)
                .get("input_ids");

        assertThat(sample.shape()).isEqualTo(Shape.of(50, 20));
        assertThat(sample.toLongs()).containsOnly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void theSameSeedGivesTheSameValues() {
        List<ValueDescription> inputs = List.of(
                input("input_ids", DType.INT64, "batch", "sequence"), input("noise", DType.FLOAT32, "batch", 4));
        SampleInputs samples = SampleInputs.of(inputs, InputHints.NONE.withBound("input_ids", 1000));

        assertThat(samples.make(TWO_BY_THREE, 5)).isEqualTo(samples.make(TWO_BY_THREE, 5));
        assertThat(samples.make(TWO_BY_THREE, 5)).isNotEqualTo(samples.make(TWO_BY_THREE, 6));
        // computed apart, from the recurrence in the specification of java.util.Random
        assertThat(samples.make(TWO_BY_THREE, 5).get("input_ids").toLongs())
                .containsExactly(804, 826, 81, 954, 556, 662);
    }

    @Test
    void aCausalModelWithACacheGetsAnEmptyOne() {
        Map<String, HostTensor> sample = make(
                InputHints.NONE.withDim("kv_cache_dim", 16),
                TWO_BY_THREE,
                input("input_ids", DType.INT64, "batch_size", "sequence_length"),
                input("attention_mask", DType.INT64, "batch_size", "total_sequence_length"),
                input("position_ids", DType.INT64, "batch_size", "sequence_length"),
                input("past_key_values.0.key", DType.FLOAT16, "batch_size", 4, "past_sequence_length", "kv_cache_dim"));

        assertThat(sample.get("attention_mask").toLongs()).containsExactly(1, 1, 1, 1, 1, 1);
        assertThat(sample.get("position_ids").toLongs()).containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(sample.get("past_key_values.0.key")).hasToString("float16 [2, 4, 0, 16]");
    }

    @Test
    void aCacheOfUnknownWidthIsAskedFor() {
        GraftException error = failure(() -> make(
                InputHints.NONE,
                TWO_BY_THREE,
                input(
                        "past_key_values.0.key",
                        DType.FLOAT32,
                        "batch_size",
                        4,
                        "past_sequence_length",
                        "kv_cache_dim")));

        assertThat(error.code()).isEqualTo(ErrorCode.INPUTS_INVALID);
        assertThat(error)
                .hasMessage(
                        "the model does not say how long its dimension 'kv_cache_dim' is, and no other length would run");
        assertThat(error.remedy()).contains("genai_config.json");
    }

    @Test
    void sumsOfLengthsAreTotals() {
        Map<String, HostTensor> sample = make(
                InputHints.NONE,
                TWO_BY_THREE,
                input("decoder_input_ids", DType.INT64, "batch", "decoder_sequence_length"),
                input("attention_mask", DType.INT64, "batch", "past_decoder_sequence_length + decoder_sequence_length"),
                input("use_cache_branch", DType.BOOL, 1));

        assertThat(sample.get("attention_mask").shape()).isEqualTo(Shape.of(2, 3));
        assertThat(sample.get("use_cache_branch").toLongs()).containsExactly(0);
    }

    @Test
    void lengthsAsNumbersFollowTheTokens() {
        Map<String, HostTensor> sample = make(
                InputHints.NONE,
                TWO_BY_THREE,
                input("input_ids", DType.INT64, "batch", "sequence"),
                input("seqlens_k", DType.INT32, "batch"),
                input("total_sequence_length", DType.INT32),
                input("past_seq_len", DType.INT32, 1));

        assertThat(sample.get("seqlens_k").toLongs()).containsExactly(2, 2);
        assertThat(sample.get("total_sequence_length").toLongs()).containsExactly(3);
        assertThat(sample.get("past_seq_len").toLongs()).containsExactly(0);
    }

    @Test
    void segmentsAndAdditiveMasksAreZero() {
        Map<String, HostTensor> sample = make(
                InputHints.NONE,
                TWO_BY_THREE,
                input("token_type_ids", DType.INT64, "batch", "sequence"),
                input("attention_mask", DType.FLOAT32, "batch", 1, "sequence", "sequence"));

        assertThat(sample.get("token_type_ids").toLongs()).containsOnly(0);
        assertThat(sample.get("attention_mask").toDoubles()).containsOnly(0.0).hasSize(18);
    }

    @Test
    void picturesAndSoundHaveShapesThatConvolutionsTake() {
        Map<String, HostTensor> sample = make(
                InputHints.NONE,
                new SampleSize(1, 4),
                input("pixel_values", DType.FLOAT32, "batch", "num_channels", "height", "width"),
                input("input_values", DType.FLOAT32, "batch", ""),
                input("sr", DType.INT64));

        assertThat(sample.get("pixel_values").shape()).isEqualTo(Shape.of(1, 3, 64, 64));
        assertThat(sample.get("input_values").shape()).isEqualTo(Shape.of(1, 640));
        assertThat(sample.get("sr").toLongs()).containsExactly(16_000);
    }

    @Test
    void otherNumbersAreNormallyDistributed() {
        HostTensor sample = make(InputHints.NONE, new SampleSize(1000, 1), input("x", DType.FLOAT64, "n", 10))
                .get("x");

        double[] values = sample.toDoubles();
        double mean = Arrays.stream(values).average().orElseThrow();
        double square = Arrays.stream(values).map(v -> v * v).average().orElseThrow();
        assertThat(mean).isBetween(-0.05, 0.05);
        assertThat(square).isBetween(0.9, 1.1);
    }

    @Test
    void oneSymbolHasOneLengthInAllInputs() {
        Map<String, HostTensor> sample = make(
                InputHints.NONE,
                TWO_BY_THREE,
                input("left", DType.FLOAT32, "batch", "width_of_both"),
                input("right", DType.FLOAT32, "width_of_both", 5));

        assertThat(sample.get("left").shape().dim(1))
                .isEqualTo(sample.get("right").shape().dim(0));
    }

    @Test
    void severalSamplesDifferInSize() {
        List<Map<String, HostTensor>> samples = SampleInputs.of(
                        List.of(input("input_ids", DType.INT64, "batch", "sequence")), InputHints.NONE)
                .makeSeveral(5, 1);

        assertThat(samples)
                .extracting(sample -> sample.get("input_ids").shape().toString())
                .containsExactly("[1, 8]", "[2, 5]", "[1, 1]", "[3, 16]", "[1, 8]");
    }

    @Test
    void givenInputsAreCompleted() {
        SampleInputs samples = SampleInputs.of(
                List.of(
                        input("input_ids", DType.INT64, "batch_size", "sequence_length"),
                        input("attention_mask", DType.INT64, "batch_size", "total_sequence_length"),
                        input("past_key_values.0.key", DType.FLOAT32, "batch_size", 2, "past_sequence_length", 8)),
                InputHints.NONE);

        Map<String, HostTensor> complete =
                samples.complete(Map.of("input_ids", HostTensor.ofLongs(Shape.of(2, 3), 1, 2, 3, 4, 5, 6)));

        assertThat(complete).containsOnlyKeys("input_ids", "attention_mask", "past_key_values.0.key");
        assertThat(complete.get("attention_mask").shape()).isEqualTo(Shape.of(2, 3));
        assertThat(complete.get("past_key_values.0.key").shape()).isEqualTo(Shape.of(2, 2, 0, 8));
    }

    @Test
    void anInputThatFollowsFromNothingIsAskedFor() {
        SampleInputs samples =
                SampleInputs.of(List.of(input("input_ids", DType.INT64, "batch", "sequence")), InputHints.NONE);

        assertThat(failure(() -> samples.complete(Map.of())))
                .hasMessage("no value for the input input_ids: int64 [batch, sequence]; given: []");
    }

    @Test
    void inputsOfTextAreRefused() {
        assertThat(failure(() -> make(InputHints.NONE, TWO_BY_THREE, input("text", DType.STRING, "n"))))
                .hasMessage("the input text: string [n] takes no numbers, so no sample can be made for it");
    }

    @Test
    void aSampleThatWouldFillTheMemoryIsRefused() {
        GraftException error = failure(
                () -> make(InputHints.NONE, TWO_BY_THREE, input("x", DType.FLOAT32, Long.MAX_VALUE / 2, 1L << 40)));

        assertThat(error.code()).isEqualTo(ErrorCode.INPUTS_INVALID);
        assertThat(error).hasMessageContaining("more than 268435456 elements");
    }

    private static Map<String, HostTensor> make(InputHints hints, SampleSize size, ValueDescription... inputs) {
        return SampleInputs.of(List.of(inputs), hints).make(size, 1);
    }

    private static ValueDescription input(String name, DType dtype, Object... dims) {
        List<Dimension> list = new ArrayList<>();
        for (Object dim : dims) {
            list.add(
                    dim instanceof Number length
                            ? new Dimension.Fixed(length.longValue())
                            : new Dimension.Symbolic(dim.toString()));
        }
        return new ValueDescription(name, dtype, list);
    }

    private static GraftException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(GraftException.class, call);
    }
}
