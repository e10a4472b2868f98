package dev.graft.training.autodiff.rules;

import static org.assertj.core.api.Assertions.assertThat;

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
    static final List<Row> ROWS = Stream.of(ArithmeticRows.ROWS, ActivationRows.ROWS, ReductionRows.ROWS, ProductRows.ROWS, LayoutRows.ROWS, IndexRows.ROWS)
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
        for (boolean dynamic : new boolean[] {false, true}) {
            GradientCheck.Outcome outcome;
            try {
                outcome = row.check(opset, dynamic);
            } catch (GraftException e) {
                // without Unsqueeze and ReduceSum along axes that are values nothing dynamic can be done
                if (!dynamic || opset >= 13) {
                    throw e;
                }
                assertThat(e).hasMessageContaining("operator set");
                continue;
            }
            assertThat(outcome.worst())
                    .as((dynamic ? "all lengths unknown: " : "all lengths fixed: ") + outcome.where())
                    .isLessThan(row.tolerance());
            assertThat(outcome.none()).as("inputs without a gradient").isEmpty();
        }
    }
}
