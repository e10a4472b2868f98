package dev.graft.runtime.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputComparisonTest {
    @Test
    void errorsAreMeasured() {
        OutputComparison comparison =
                compare(OutputKind.VALUES, tensor(Shape.of(2, 2), 1, 2, -4, 0), tensor(Shape.of(2, 2), 1, 2.5, -3, 0));

        assertThat(comparison.maxError()).isEqualTo(1);
        assertThat(comparison.meanError()).isEqualTo(0.375);
        assertThat(comparison.rootMeanSquareError()).isCloseTo(Math.sqrt(1.25 / 4), within(1e-15));
        assertThat(comparison.scale()).isEqualTo(4);
        assertThat(comparison.relativeError()).isEqualTo(0.25);
        // (1 + 5 + 12) / (sqrt(21) * sqrt(16.25))
        assertThat(comparison.cosine()).isCloseTo(18 / Math.sqrt(21 * 16.25), within(1e-15));
        assertThat(comparison.worst()).contains(new OutputComparison.Element(Shape.of(1, 0), -4, -3));
        assertThat(comparison.distribution()).isEmpty();
        assertThat(comparison.isExact()).isFalse();
    }

    @Test
    void equalOutputsAreExact() {
        HostTensor values = tensor(Shape.of(3), 1, 0, Double.NEGATIVE_INFINITY);

        OutputComparison comparison = compare(OutputKind.VALUES, values, values);

        assertThat(comparison.isExact()).isTrue();
        assertThat(comparison.notFinite()).isEqualTo(1);
        assertThat(comparison.mismatches()).isZero();
        assertThat(comparison.cosine()).isEqualTo(1);
    }

    @Test
    void whatIsNoNumberEqualsNothing() {
        HostTensor values = tensor(Shape.of(2), Double.NaN, Double.NaN);

        OutputComparison comparison = compare(OutputKind.VALUES, values, values);

        assertThat(comparison.isExact()).isFalse();
        assertThat(comparison.mismatches()).isEqualTo(2);
    }

    @Test
    void valuesThatAreNotFiniteWhereTheReferenceIsAreMismatches() {
        OutputComparison comparison = compare(
                OutputKind.VALUES,
                tensor(Shape.of(4), 1, 2, Double.POSITIVE_INFINITY, 3),
                tensor(Shape.of(4), 5, Double.NaN, Double.NEGATIVE_INFINITY, 3));

        assertThat(comparison.mismatches()).isEqualTo(2);
        assertThat(comparison.maxError()).isEqualTo(4);
        assertThat(comparison.worst()).contains(new OutputComparison.Element(Shape.of(1), 2, Double.NaN));
    }

    @Test
    void logitsAreComparedAsDistributions() {
        // p = (1/2, 1/2) and (3/4, 1/4); q = (3/4, 1/4) and (3/4, 1/4)
        HostTensor expected = tensor(Shape.of(2, 2), 0, 0, Math.log(3), 0);
        HostTensor actual = tensor(Shape.of(2, 2), Math.log(3) + 7, 7, Math.log(3), 0);

        DistributionComparison distribution =
                compare(OutputKind.LOGITS, expected, actual).distribution().orElseThrow();

        double divergence = 0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(0.5 / 0.25);
        assertThat(distribution.rows()).isEqualTo(2);
        assertThat(distribution.topOneAgreement()).isEqualTo(1);
        assertThat(distribution.maxDivergence()).isCloseTo(divergence, within(1e-12));
        assertThat(distribution.meanDivergence()).isCloseTo(divergence / 2, within(1e-12));
    }

    @Test
    void probabilitiesAreComparedAsTheyAre() {
        DistributionComparison distribution = compare(
                        OutputKind.PROBABILITIES,
                        tensor(Shape.of(1, 3), 0.5, 0.5, 0),
                        tensor(Shape.of(1, 3), 0.25, 0.75, 0))
                .distribution()
                .orElseThrow();

        assertThat(distribution.topOneAgreement()).isZero();
        assertThat(distribution.maxDivergence())
                .isCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(0.5 / 0.75), within(1e-12));
    }

    @Test
    void outputsOfOneEntryAreNoDistributions() {
        assertThat(compare(OutputKind.LOGITS, tensor(Shape.of(2, 1), 1, 2), tensor(Shape.of(2, 1), 1, 2))
                        .distribution())
                .isEmpty();
        assertThat(OutputKind.ofName("Logits")).isEqualTo(OutputKind.LOGITS);
        assertThat(OutputKind.ofName("output_probabilities")).isEqualTo(OutputKind.PROBABILITIES);
        assertThat(OutputKind.ofName("last_hidden_state")).isEqualTo(OutputKind.VALUES);
    }

    @Test
    void emptyOutputsAndOtherTypesAreCompared() {
        HostTensor empty = HostTensor.ofFloats(Shape.of(0, 4));
        HostTensor half = HostTensor.ofDoubles(DType.FLOAT16, Shape.of(2), 1, 2);

        assertThat(compare(OutputKind.LOGITS, empty, empty).worst()).isEmpty();
        assertThat(compare(OutputKind.VALUES, tensor(Shape.of(2), 1, 2), half).isExact())
                .isTrue();
    }

    @Test
    void otherShapesAndMissingOutputsAreRefused() {
        GraftException shapes = catchThrowableOfType(
                GraftException.class,
                () -> compare(OutputKind.VALUES, tensor(Shape.of(2), 1, 2), tensor(Shape.of(1, 2), 1, 2)));
        GraftException missing = catchThrowableOfType(
                GraftException.class,
                () -> OutputComparison.ofAll(Map.of("y", tensor(Shape.of(1), 1)), Map.of("z", tensor(Shape.of(1), 1))));

        assertThat(shapes.code()).isEqualTo(ErrorCode.VERIFICATION_FAILED);
        assertThat(shapes).hasMessage("expected the output 'y' to be [2], got [1, 2]");
        assertThat(missing).hasMessage("expected an output 'y', got [z]");
    }

    @Test
    void histogramsCountByHalfDecades() {
        ErrorHistogram histogram = compare(
                        OutputKind.VALUES,
                        tensor(Shape.of(6), 0, 0, 0, 0, 0, 0),
                        tensor(Shape.of(6), 0, 2e-7, -2e-7, 5e-7, 1e-30, 1e30))
                .histogram();

        assertThat(histogram.total()).isEqualTo(6);
        assertThat(histogram.counts().get(0)).isEqualTo(1);
        assertThat(histogram.counts().get(1)).isEqualTo(1);
        assertThat(histogram.counts().get(ErrorHistogram.BINS - 1)).isEqualTo(1);
        int bin = binOf(2e-7);
        assertThat(ErrorHistogram.lowerEnd(bin)).isCloseTo(1e-7, within(1e-20));
        assertThat(ErrorHistogram.upperEnd(bin)).isCloseTo(Math.pow(10, -6.5), within(1e-20));
        assertThat(histogram.counts().get(bin)).isEqualTo(2);
        assertThat(histogram.counts().get(bin + 1)).isEqualTo(1);
        assertThat(histogram.plus(histogram).total()).isEqualTo(12);
    }

    private static int binOf(double error) {
        for (int bin = 1; bin < ErrorHistogram.BINS; bin++) {
            if (error >= ErrorHistogram.lowerEnd(bin) && error < ErrorHistogram.upperEnd(bin)) {
                return bin;
            }
        }
        throw new AssertionError("no bin for " + error);
    }

    private static OutputComparison compare(OutputKind kind, HostTensor expected, HostTensor actual) {
        return OutputComparison.of("y", kind, expected, actual);
    }

    private static HostTensor tensor(Shape shape, double... values) {
        return HostTensor.ofDoubles(DType.FLOAT64, shape, values);
    }
}
