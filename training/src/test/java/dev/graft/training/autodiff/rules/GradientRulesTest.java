package dev.graft.training.autodiff.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.training.autodiff.GradientCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule against central differences. */
class GradientRulesTest {
    static final List<Row> ROWS = Stream.of(
                    ArithmeticRows.ROWS,
                    ActivationRows.ROWS,
                    ReductionRows.ROWS,
                    ProductRows.ROWS,
                    LayoutRows.ROWS,
                    IndexRows.ROWS,
                    NormalizationRows.ROWS,
                    ImageRows.ROWS,
                    OtherRows.ROWS)
            .flatMap(List::stream)
            .toList();

    static Stream<Arguments> rows() {
        String only = System.getProperty("graft.test.operator", "");
        List<Arguments> cases = new ArrayList<>();
        for (Row row : ROWS) {
            if (only.isEmpty() || row.name().equals(only)) {
                row.opsets().forEach(opset -> cases.add(Arguments.of(row, opset)));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} in operator set {1}")
    @MethodSource("rows")
    void agreesWithCentralDifferences(Row row, long opset) throws Exception {
        for (Row.Lengths lengths : Row.Lengths.values()) {
            if (lengths != Row.Lengths.FIXED && mayBeRefused(row, opset, lengths)) {
                continue;
            }
            GradientCheck.Outcome outcome = row.check(opset, lengths);

            assertThat(outcome.worst())
                    .as("lengths " + lengths + ": " + outcome.where())
                    .isLessThan(row.tolerance());
            assertThat(outcome.none()).as("inputs without a gradient").isEmpty();
        }
    }

    /** Whether it is, for the right reason: before operator set 13 axes cannot be values. */
    private static boolean mayBeRefused(Row row, long opset, Row.Lengths lengths) throws Exception {
        String reason = row.refusal() == null && opset < 13 ? "operator set" : row.refusal();
        if (reason == null) {
            return false;
        }
        try {
            row.check(opset, lengths);
            assertThat(row.refusal()).as("a refusal was expected").isNull();
            return false;
        } catch (GraftException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.GRADIENT_UNSUPPORTED);
            assertThat(e)
                    .hasMessageContaining("no gradient of " + row.operator())
                    .hasMessageContaining(reason);
            return true;
        }
    }
}
