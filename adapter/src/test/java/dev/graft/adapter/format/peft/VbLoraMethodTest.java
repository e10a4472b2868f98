package dev.graft.adapter.format.peft;

import static dev.graft.adapter.format.peft.PeftAssertions.assertConfigInvalid;
import static dev.graft.adapter.format.peft.PeftAssertions.assertInvalid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LowRankChange;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VbLoraMethodTest {
    private static final String BANK = "base_model.vblora_vector_bank";
    private static final String LOGITS_A = "q.vblora_logits_A";
    private static final String LOGITS_B = "q.vblora_logits_B";

    /** What PEFT's get_delta_weight gives for both of the files below, [4, 2]. */
    private static final double[] DELTA = {
        0.192314908, 0.0483891219, -0.0852791741, -0.0214574356, 0.437370658, 0.110048585, 0.143384963, 0.0360776633
    };

    private PeftFolderBuilder adapter;

    /** What PEFT 0.21 saved for q with 2 inputs and 4 outputs. */
    @BeforeEach
    void twoOfThreeVectorsOfLengthTwo(@TempDir Path folder) {
        adapter = PeftFolderBuilder.of("VBLORA", folder)
                .option("r", "1")
                .option("num_vectors", "3")
                .option("vector_length", "2")
                .option("topk", "2")
                .option("save_only_topk_weights", "false");
        adapter.tensor(Tensor.ofDoubles(
                BANK,
                DType.FLOAT32,
                Shape.of(3, 2),
                0.144943953,
                -0.0039948225,
                0.874166727,
                0.311190128,
                -0.372406244,
                -0.603961349));
        adapter.values(LOGITS_A, Shape.of(1, 1, 3), -0.762699366, 1.39694262, -0.324508846);
        adapter.values(
                LOGITS_B,
                Shape.of(2, 1, 3),
                0.287869453,
                1.05787003,
                0.962052166,
                0.393478721,
                1.13220513,
                -0.540361583);
    }

    private PeftFolderBuilder withOnlyTheLargest(DType type) {
        adapter.without(LOGITS_A).without(LOGITS_B).option("save_only_topk_weights", "true");
        adapter.tensor(indices(LOGITS_A, type, Shape.of(1, 1, 2), 1, 2));
        adapter.tensor(indices(LOGITS_B, type, Shape.of(2, 1, 2), 1, 2, 1, 0));
        adapter.values(LOGITS_A + "_topk_weights", Shape.of(1, 1, 1), 0.848315716);
        return adapter.values(LOGITS_B + "_topk_weights", Shape.of(2, 1, 1), 0.523936152, 0.676717281);
    }

    private static Tensor indices(String name, DType type, Shape shape, long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * type.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
        for (long number : numbers) {
            switch (type.bits()) {
                case 8 -> bytes.put((byte) number);
                case 16 -> bytes.putShort((short) number);
                case 32 -> bytes.putInt((int) number);
                default -> bytes.putLong(number);
            }
        }
        return new Tensor(PeftKey.PREFIX + name + "_topk_indices", type, shape, ByteSource.ofArray(bytes.array()));
    }

    @Test
    void logitsChooseAndWeighVectors() throws IOException {
        Adapter read = adapter.readStrictly();

        LowRankChange change = read.lowRankChanges().get(0);
        assertThat(read.method()).isEqualTo("VB-LoRA");
        assertThat(change.a().shape()).isEqualTo(Shape.of(1, 2));
        assertThat(change.b().shape()).isEqualTo(Shape.of(4, 1));
        assertThat(change.a().dtype()).isEqualTo(DType.FLOAT32);
        assertThat(DenseMerge.delta(change)).containsExactly(DELTA, within(5e-8));
    }

    @ParameterizedTest
    @EnumSource(names = {"UINT8", "INT16", "INT32", "INT64"})
    void filesOfTheLargestLogitsAloneGiveTheSame(DType type) throws IOException {
        LowRankChange change =
                withOnlyTheLargest(type).readStrictly().lowRankChanges().get(0);

        assertThat(DenseMerge.delta(change)).containsExactly(DELTA, within(5e-8));
    }

    @Test
    void vectorsThatWereNotChosenMayBeAtMinusInfinity() throws IOException {
        adapter.values(LOGITS_A, Shape.of(1, 1, 3), Double.NEGATIVE_INFINITY, 1.39694262, -0.324508846);

        assertThat(DenseMerge.delta(adapter.read().lowRankChanges().get(0))).containsExactly(DELTA, within(5e-8));
    }

    @Test
    void aBankThatDoesNotFitIsRefused() {
        assertInvalid(
                adapter.tensorAs(BANK, 2, 3)::read,
                "expected [3, 2], as num_vectors and vector_length say, got [2, 3]");
        assertInvalid(adapter.tensorAs(BANK, 6)::read, "expected [3, 2]");
        adapter.tensor(
                indices("x", DType.INT32, Shape.of(3, 2), 1, 2, 3, 4, 5, 6).withName(BANK));
        assertInvalid(adapter::read, "expected a floating-point tensor, got int32");
    }

    @Test
    void aFileWithoutABankIsRefused() throws IOException {
        PeftFolderBuilder empty = PeftFolderBuilder.of("VBLORA", adapter.write())
                .option("r", "1")
                .option("num_vectors", "3")
                .option("vector_length", "2")
                .option("topk", "2");

        assertInvalid(empty.tensor(LOGITS_A, 1, 1, 3)::read, "the file has no vblora_vector_bank");
        assertInvalid(empty.without(LOGITS_A).tensorAs(BANK, 3, 2)::read, "the file holds no change at all");
    }

    @Test
    void logitsThatDoNotFitAreRefused() {
        assertInvalid(
                adapter.tensor(LOGITS_A, 1, 1, 4)::read, "expected [., ., 3], as num_vectors says, got [1, 1, 4]");
        assertInvalid(adapter.tensor(LOGITS_A, 3)::read, "expected [., ., 3], as num_vectors says, got [3]");
        assertInvalid(adapter.tensor(LOGITS_A, 0, 1, 3)::read, "got [0, 1, 3]");
        assertInvalid(
                adapter.tensor(LOGITS_A, 2, 1, 3)::read, "r is 1, but its logits are for A of rank 2 and B of rank 1");
        assertInvalid(
                adapter.tensor(LOGITS_A, 1, 1, 3).tensor(LOGITS_B, 2, 2, 3)::read,
                "r is 1, but its logits are for A of rank 1 and B of rank 2");
        assertInvalid(adapter.without(LOGITS_B)::read, "it has no vblora_logits_B");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void logitsThatAreNoNumbersAreRefused(double logit) {
        assertInvalid(
                adapter.values(LOGITS_A, Shape.of(1, 1, 3), 1, logit, 2)::read,
                "expected finite logits, or minus infinity for vectors that are not chosen");
    }

    @Test
    void logitsThatChooseNothingAreRefused() {
        double none = Double.NEGATIVE_INFINITY;

        assertInvalid(adapter.values(LOGITS_A, Shape.of(1, 1, 3), none, none, none)::read, "expected finite logits");
    }

    @Test
    void numbersThatNameNoVectorAreRefused() {
        withOnlyTheLargest(DType.UINT8);
        assertInvalid(
                adapter.tensor(indices(LOGITS_A, DType.UINT8, Shape.of(1, 1, 2), 1, 3))::read,
                "expected numbers of vectors from 0 to 2, got 3");
        assertInvalid(
                adapter.tensor(indices(LOGITS_A, DType.INT64, Shape.of(1, 1, 2), 1, 1L << 32))::read,
                "expected numbers of vectors from 0 to 2, got 4294967296");
        assertInvalid(
                adapter.tensor(indices(LOGITS_A, DType.INT16, Shape.of(1, 1, 2), -1, 0))::read,
                "expected numbers of vectors from 0 to 2, got -1");
        assertInvalid(
                adapter.tensor(indices(LOGITS_A, DType.INT16, Shape.of(1, 1, 2), 2, 2))::read,
                "vector 2 is chosen twice for one piece");
        assertInvalid(
                adapter.tensor(LOGITS_A + "_topk_indices", 1, 1, 2)::read,
                "expected a tensor of whole numbers, got float32");
    }

    @Test
    void weightsThatDoNotFitAreRefused() {
        withOnlyTheLargest(DType.UINT8);
        String weights = LOGITS_A + "_topk_weights";
        assertInvalid(adapter.values(weights, Shape.of(1, 1, 1), -0.5)::read, "expected weights from 0 to 1, got -0.5");
        assertInvalid(
                adapter.values(weights, Shape.of(1, 1, 1), Double.NaN)::read, "expected weights from 0 to 1, got NaN");
        assertInvalid(
                adapter.values(weights, Shape.of(1, 1, 1), 1.5)::read,
                "expected weights that add up to at most 1, got 1.5");
        assertInvalid(adapter.tensor(weights, 1, 1, 2)::read, "expected [., ., 1], as topk - 1 says, got [1, 1, 2]");
        assertInvalid(adapter.tensor(weights, 2, 1, 1)::read, "expected weights for indices [1, 1, 2], got [2, 1, 1]");
        assertInvalid(adapter.without(weights)::read, "it has no vblora_logits_A_topk_weights");
    }

    @Test
    void whatIsStoredMustBeWhatTheConfigurationSays() {
        assertInvalid(
                adapter.option("save_only_topk_weights", "true")::read,
                "save_only_topk_weights is set, but it has all of vblora_logits_A");
        withOnlyTheLargest(DType.UINT8).option("save_only_topk_weights", "false");
        assertInvalid(
                adapter::read, "it has only the largest of vblora_logits_A, but save_only_topk_weights is not set");
    }

    @Test
    void aSmallFileThatStandsForAHugeMatrixIsRefused() {
        adapter.option("num_vectors", "1").option("topk", "1").option("vector_length", "50000");
        adapter.tensorAs(BANK, 1, 50_000).tensor(LOGITS_A, 1, 50_000, 1).tensor(LOGITS_B, 1, 1, 1);

        assertInvalid(adapter::read, "a matrix of 2500000000 elements is larger than a factor of any layer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r | 0 | expected r to be a whole number from 1 on, got 0",
                "num_vectors | '' | num_vectors is missing",
                "vector_length | -2 | expected vector_length to be a whole number from 1 on, got -2",
                "topk | 4 | topk is 4, but there are only 3 vectors",
                "topk | '' | topk is missing",
                "save_only_topk_weights | 1 | expected save_only_topk_weights to be true or false, got a number",
            })
    void optionsThatMakeNoSenseAreRefused(String option, String value, String message) {
        assertConfigInvalid(adapter.option(option, value)::read, message);
    }
}
