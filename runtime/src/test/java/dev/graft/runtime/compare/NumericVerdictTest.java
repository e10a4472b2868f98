package dev.graft.runtime.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.runtime.compare.OutputVerdict.Outcome;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rule on a product y = (W + s·B·A)·x, computed here in float64, and as a float32 or float16 machine would.
 */
class NumericVerdictTest {
    private static final int WIDTH = 64;
    private static final double SCALING = 0.5;

    private final Random random = new Random(3);
    private final double[][] w = matrix(WIDTH, WIDTH);
    private final double[][] a = matrix(4, WIDTH);
    private final double[][] b = matrix(WIDTH, 4);
    private final double[] x = matrix(1, WIDTH)[0];

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void aMergeThatRoundsOnceIsPassed(DType dtype) {
        NumericVerdict verdict = verdict(dtype, SCALING);

        assertThat(verdict.outputs().get(0).reason()).startsWith("'y': merged is off by at most");
        assertThat(verdict.isPassed()).isTrue();
        assertThat(verdict.isFailed()).isFalse();
        assertThat(verdict.outputs().get(0).strength().getAsDouble()).isCloseTo(1, within(0.05));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 1, -0.5, 0.501})
    void anotherScalingIsFailed(double scaling) {
        NumericVerdict verdict = verdict(DType.FLOAT32, scaling);

        assertThat(verdict.isFailed()).isTrue();
        assertThat(verdict.failures()).hasSize(1);
        assertThat(verdict.outputs().get(0).strength().getAsDouble()).isCloseTo(scaling / SCALING, within(1e-5));
    }

    @Test
    void outputsThatAreNoNumbersAreFailedEvenIfAllModelsAgree() {
        HostTensor nothing = HostTensor.ofDoubles(DType.FLOAT32, Shape.of(2), Double.NaN, Double.NaN);
        HostTensor infinite =
                HostTensor.ofDoubles(DType.FLOAT32, Shape.of(2), Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

        OutputVerdict ofNothing = judge(nothing);

        assertThat(ofNothing.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(ofNothing.reason())
                .endsWith("; no value is a finite number, and so it is with base and adapter side by side");
        assertThat(judge(infinite).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void oneValueThatIsNoNumberFails() {
        HostTensor values = HostTensor.ofDoubles(DType.FLOAT32, Shape.of(2), 1, Double.NaN);

        assertThat(judge(values).reason())
                .endsWith("; 1 values are NaN, and so it is with base and adapter side by side");
    }

    @Test
    void anInfinityThatMasksIsNoFailure() {
        HostTensor masked = HostTensor.ofDoubles(DType.FLOAT32, Shape.of(2), 1, Double.NEGATIVE_INFINITY);

        assertThat(judge(masked).outcome()).isEqualTo(Outcome.PASSED);
    }

    private static OutputVerdict judge(HostTensor everywhere) {
        return OutputVerdict.of(
                "y",
                List.of(new Observation("y", everywhere, everywhere, everywhere, Optional.empty(), Optional.empty())));
    }

    @Test
    void theReasonNamesFiguresAndStrength() {
        OutputVerdict verdict = verdict(DType.FLOAT32, 2 * SCALING).outputs().get(0);

        assertThat(verdict.reason())
                .matches(
                        "'y': merged is off by at most \\S+ \\(rms \\S+\\) where base and adapter side by side are off by \\S+ "
                                + "\\(rms \\S+\\); tolerance \\S+ \\(rms \\S+\\); it shows 2.000 of the adapter's effect instead of 1");
    }

    @Test
    void anAdapterWithoutEffectIsInconclusive() {
        Arrays.stream(b).forEach(row -> Arrays.fill(row, 1e-12));

        NumericVerdict verdict = verdict(DType.FLOAT32, SCALING);

        assertThat(verdict.outputs().get(0).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(verdict.isPassed()).isFalse();
        assertThat(verdict.isFailed()).isFalse();
        assertThat(verdict.outputs().get(0).reason()).endsWith("the adapter's whole effect is within the tolerance");
    }

    @Test
    void aValueThatIsNotFiniteIsFailed() {
        HostTensor exact = HostTensor.ofDoubles(DType.FLOAT64, Shape.of(2), 1, 2);
        HostTensor broken = HostTensor.ofFloats(Shape.of(2), 1, Float.NaN);

        NumericVerdict verdict =
                NumericVerdict.of(List.of(Observation.of("y", exact, HostTensor.ofFloats(Shape.of(2), 1, 2), broken)));

        assertThat(verdict.isFailed()).isTrue();
        assertThat(verdict.outputs().get(0).reason()).contains("1 values are not finite where the exact ones are");
    }

    @Test
    void samplesOfOneOutputAreTakenTogether() {
        HostTensor exact = HostTensor.ofDoubles(DType.FLOAT64, Shape.of(2), 1, 2);
        HostTensor single = HostTensor.ofFloats(Shape.of(2), 1, 2);
        HostTensor off = HostTensor.ofFloats(Shape.of(2), 1, 2.5f);

        NumericVerdict verdict = NumericVerdict.of(List.of(
                Observation.of("y", exact, single, single),
                Observation.of("z", exact, single, single),
                Observation.of("y", exact, single, off)));

        assertThat(verdict.outputs()).extracting(OutputVerdict::output).containsExactly("y", "z");
        assertThat(verdict.outputs())
                .extracting(OutputVerdict::outcome)
                .containsExactly(Outcome.FAILED, Outcome.PASSED);
        assertThat(verdict.outputs().get(0).merged().elements()).isEqualTo(4);
    }

    private NumericVerdict verdict(DType dtype, double mergedScaling) {
        DoubleUnaryOperator round = value -> round(dtype, value);
        double[][] base = map(w, round);
        double[][] exactMerged = map(sum(base, product(b, a), mergedScaling), round);
        double[] unmerged =
                add(times(base, x, round), times(map(b, round), times(map(a, round), x, round), round), SCALING, round);
        HostTensor exact = tensor(DType.FLOAT64, add(exactly(base), exactly(product(b, a)), SCALING, v -> v));
        return NumericVerdict.of(List.of(
                Observation.of("y", exact, tensor(dtype, unmerged), tensor(dtype, times(exactMerged, x, round)))
                        .withExactMerged(tensor(
                                DType.FLOAT64, mergedScaling == SCALING ? exactly(exactMerged) : exact.toDoubles()))
                        .withBase(tensor(dtype, times(base, x, round)))));
    }

    private double[] exactly(double[][] matrix) {
        return times(matrix, x, value -> value);
    }

    private double[][] matrix(int rows, int columns) {
        double[][] matrix = new double[rows][columns];
        Arrays.stream(matrix).forEach(row -> Arrays.setAll(row, i -> random.nextGaussian() / Math.sqrt(columns)));
        return map(matrix, value -> round(DType.BFLOAT16, value));
    }

    private static double round(DType dtype, double value) {
        return HostTensor.ofDoubles(dtype, Shape.of(1), value).toDoubles()[0];
    }

    private static double[][] map(double[][] matrix, DoubleUnaryOperator change) {
        return Arrays.stream(matrix)
                .map(row -> Arrays.stream(row).map(change).toArray())
                .toArray(double[][]::new);
    }

    private static double[] times(double[][] matrix, double[] vector, DoubleUnaryOperator round) {
        double[] result = new double[matrix.length];
        for (int row = 0; row < matrix.length; row++) {
            for (int i = 0; i < vector.length; i++) {
                result[row] = round.applyAsDouble(result[row] + matrix[row][i] * vector[i]);
            }
        }
        return result;
    }

    private static double[][] product(double[][] left, double[][] right) {
        double[][] result = new double[left.length][right[0].length];
        for (int row = 0; row < left.length; row++) {
            for (int k = 0; k < right.length; k++) {
                for (int column = 0; column < right[0].length; column++) {
                    result[row][column] += left[row][k] * right[k][column];
                }
            }
        }
        return result;
    }

    private static double[][] sum(double[][] left, double[][] right, double factor) {
        double[][] result = new double[left.length][];
        for (int row = 0; row < left.length; row++) {
            result[row] = add(left[row], right[row], factor, value -> value);
        }
        return result;
    }

    private static double[] add(double[] left, double[] right, double factor, DoubleUnaryOperator round) {
        double[] result = new double[left.length];
        Arrays.setAll(result, i -> round.applyAsDouble(left[i] + round.applyAsDouble(factor * right[i])));
        return result;
    }

    private static HostTensor tensor(DType dtype, double[] values) {
        return HostTensor.ofDoubles(dtype, Shape.of(values.length), values);
    }
}
