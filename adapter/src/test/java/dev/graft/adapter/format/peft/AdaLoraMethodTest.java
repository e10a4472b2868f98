package dev.graft.adapter.format.peft;

import static dev.graft.adapter.format.peft.PeftAssertions.assertConfigInvalid;
import static dev.graft.adapter.format.peft.PeftAssertions.assertInvalid;
import static dev.graft.adapter.format.peft.PeftAssertions.assertUnsupported;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaLoraMethodTest {
    private PeftFolderBuilder adapter;

    /** What PEFT 0.21 saved with ranks 0 and 2 of 3 of a layer of 3 inputs and 2 outputs kept, and none of another. */
    @BeforeEach
    void prunedFromRankThree(@TempDir Path folder) {
        adapter = PeftFolderBuilder.of("ADALORA", folder)
                .option("init_r", "3")
                .option("target_r", "1")
                .option("r", "8")
                .option("lora_alpha", "6")
                .option("deltaT", "1")
                .option("orth_reg_weight", "0.5")
                .option("rank_pattern", "{\"k.lora_E\": [false, false, false], \"q.lora_E\": [true, false, true]}");
        adapter.tensor("k.lora_A", 0, 3).tensor("k.lora_B", 2, 0).tensor("k.lora_E", 0, 1);
        adapter.values(
                "q.lora_A",
                Shape.of(2, 3),
                -1.34589422,
                0.511897266,
                -0.693277657,
                0.80982846,
                0.0554243997,
                1.13398826);
        adapter.values("q.lora_B", Shape.of(2, 2), -0.532643616, -1.59639537, -0.376874864, -0.0994674787);
        adapter.values("q.lora_E", Shape.of(2, 1), -0.721256793, -0.00202250783);
    }

    @Test
    void aPrunedModuleIsDividedByTheRankThatTrainingBeganWith() throws IOException {
        Adapter read = adapter.readStrictly();

        LowRankChange change = read.lowRankChanges().get(0);
        assertThat(read.method()).isEqualTo("AdaLoRA");
        assertThat(change.module()).isEqualTo("q");
        assertThat(change.kind()).isEqualTo(LayerKind.LINEAR_OR_CONV);
        assertThat(change.rank()).isEqualTo(2);
        // what PEFT's get_delta_weight gives for the same file
        assertThat(DenseMerge.delta(change))
                .containsExactly(
                        new double[] {-1.02887905, 0.393670589, -0.525352478, -0.731363237, 0.278312832, -0.376440912},
                        within(2e-7));
    }

    @Test
    void aModuleThatLostAllItsRanksIsNotChanged() throws IOException {
        Adapter read = adapter.read();

        assertThat(read.changes()).hasSize(1);
        assertThat(read.warnings()).containsExactly("1 modules were pruned to rank 0 and are not changed: k");
        assertInvalid(
                adapter.without("q.lora_A").without("q.lora_B").without("q.lora_E")::read,
                "the file holds no change at all");
    }

    @Test
    void theProductWithTheSingularValuesIsRoundedToFloat32AsInPeft() throws IOException {
        Tensor a = adapter.read().lowRankChanges().get(0).a();

        assertThat(a.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(a.toDoubles()[0]).isEqualTo(-1.3458942f * -0.7212568f);
    }

    @Test
    void halfPrecisionIsComputedInFloat32() throws IOException {
        adapter.option("rank_pattern", "").option("init_r", "1").without("k.lora_A");
        adapter.without("k.lora_B").without("k.lora_E");
        for (String part : new String[] {"q.lora_A", "q.lora_B", "q.lora_E"}) {
            adapter.tensor(Tensor.ofDoubles(PeftKey.PREFIX + part, DType.BFLOAT16, Shape.of(1, 1), 3));
        }

        LowRankChange change = adapter.read().lowRankChanges().get(0);

        assertThat(change.a().dtype()).isEqualTo(DType.FLOAT32);
        assertThat(change.b().dtype()).isEqualTo(DType.FLOAT32);
        assertThat(DenseMerge.delta(change)).containsExactly(27 * 6 / (1 + 1e-5));
    }

    @Test
    void anAlphaThatIsNotPositiveIsTheRankThatIsLeft() throws IOException {
        assertThat(adapter.option("lora_alpha", "-1")
                        .read()
                        .lowRankChanges()
                        .get(0)
                        .scaling())
                .isEqualTo(2 / (3 + 1e-5));
    }

    @Test
    void namesInTheRankPatternMayHaveTheAdaptersNameBehind() throws IOException {
        adapter.option("rank_pattern", "{\"k.lora_E.default\": [false,false,false], \"q.lora_E\": [true,true,false]}");

        assertThat(adapter.read().lowRankChanges().get(0).rank()).isEqualTo(2);
    }

    @Test
    void tokenRowsAreReadAsInLora() throws IOException {
        adapter.tensor("embed.token_adapter.trainable_tokens_delta", 1, 3).option("trainable_token_indices", "[5]");

        assertThat(adapter.read().changes())
                .filteredOn(RowReplacement.class::isInstance)
                .hasSize(1);
    }

    @Test
    void anOptionOfLoraThatPeftNeverLooksAtIsAWarning() throws IOException {
        assertThat(adapter.option("use_rslora", "true").read().warnings())
                .contains("use_rslora has no effect on AdaLoRA, in PEFT as here");
    }

    @Test
    void optionsThatChangeTheMethodAreRefused() {
        assertUnsupported(adapter.option("use_dora", "true")::read, "use_dora is not supported: PEFT has no DoRA");
        assertUnsupported(
                adapter.option("use_dora", "").option("loftq_config", "{\"loftq_bits\": 4}")::read,
                "loftq_config is not supported: LoftQ changes the base");
        assertUnsupported(
                adapter.option("loftq_config", "").option("alora_invocation_tokens", "[1]")::read,
                "alora_invocation_tokens is not supported");
    }

    @Test
    void tensorsThatDoNotFitAreRefused() {
        assertInvalid(
                adapter.tensor("q.lora_A", 3, 3)::read,
                "the configuration gives q rank 2, so that A is [2, in] and B is [out, 2], got A [3, 3] and B [2, 2]");
        assertInvalid(adapter.tensor("q.lora_A", 2, 3, 1)::read, "got A [2, 3, 1] and B [2, 2]");
        assertInvalid(adapter.tensor("q.lora_A", 2, 3).tensor("q.lora_B", 2, 3)::read, "got A [2, 3] and B [2, 3]");
        assertInvalid(
                adapter.tensor("q.lora_B", 2, 2).tensor("q.lora_E", 2)::read,
                "expected singular values [2, 1], got [2]");
        assertInvalid(adapter.tensor("q.lora_E", 3, 1)::read, "expected singular values [2, 1], got [3, 1]");
        assertInvalid(adapter.tensor("q.lora_E", 2, 1).tensor("k.lora_A", 1, 3)::read, "gives k rank 0");
    }

    @Test
    void missingAndForeignTensorsAreRefused() {
        assertInvalid(adapter.without("q.lora_E")::read, "it has no lora_E");
        assertInvalid(adapter.tensor("q.lora_E", 2, 1).without("q.lora_B")::read, "it has no lora_B");
        assertInvalid(adapter.tensor("q.lora_B", 2, 2).without("q.lora_A")::read, "it has no lora_A");
        assertInvalid(
                adapter.tensor("q.lora_A", 2, 3).tensor("v.lora_A.weight", 2, 3)::read,
                "1 tensors have no known meaning: base_model.model.v.lora_A.weight");
    }

    @Test
    void tensorsOfWholeNumbersAreRefused() {
        adapter.tensor(new Tensor(
                "base_model.model.q.lora_E",
                DType.INT32,
                Shape.of(2, 1),
                Tensor.ofFloats("", Shape.of(2), 1, 2).bytes()));

        assertInvalid(adapter::read, "expected a floating-point tensor, got int32");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "init_r | '' | init_r is missing",
                "init_r | 0 | expected init_r to be a whole number from 1 on, got 0",
                "lora_alpha | null | lora_alpha is missing",
                "lora_alpha | 1e999 | expected lora_alpha to be finite, got 1e999",
                "rank_pattern | [] | expected rank_pattern to be an object, got an array",
                "rank_pattern | {\"q.lora_E\": [true, true]} | expected rank_pattern to have init_r = 3 flags for"
                        + " 'q.lora_E', got 2 values",
                "rank_pattern | {\"q.lora_E\": 2} | expected rank_pattern to have init_r = 3 flags for 'q.lora_E', got a"
                        + " number",
                "rank_pattern | {\"q.lora_E\": [1, 0, 1]} | expected rank_pattern to hold true and false, got a number",
                "rank_pattern | {\"q\": [true, true, true]} | expected the names in rank_pattern to end with lora_E, got"
                        + " 'q'",
                "rank_pattern | {\".lora_E\": [true, true, true]} | expected the names in rank_pattern to end with lora_E",
                "rank_pattern | {\"q.lora_E.a.b\": [true, true, true]} | expected the names in rank_pattern to end with",
            })
    void optionsThatMakeNoSenseAreRefused(String option, String value, String message) {
        assertConfigInvalid(adapter.option(option, value)::read, message);
    }
}
