package dev.graft.training.autodiff.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.training.autodiff.GradientTable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of rules as a whole. */
class TableTest {
    private static final Set<String> RULES = GradientRules.TABLE.entries().stream()
            .filter(entry -> entry.kind() != GradientTable.Kind.STOP)
            .map(GradientTable.Entry::name)
            .collect(Collectors.toCollection(TreeSet::new));

    @Test
    void everyRuleHasARow() {
        Set<String> tested =
                GradientRulesTest.ROWS.stream().map(Row::name).collect(Collectors.toCollection(TreeSet::new));

        assertThat(tested).isEqualTo(RULES);
    }

    @Test
    void everyRuleIsTriedInALowAndAHighOperatorSet() {
        for (String rule : RULES) {
            Set<Long> opsets = GradientRulesTest.ROWS.stream()
                    .filter(row -> row.name().equals(rule))
                    .flatMap(row -> row.opsets().stream())
                    .collect(Collectors.toSet());
            assertThat(opsets).as(rule).anyMatch(opset -> opset >= 20);
        }
    }

    @Test
    void anOperatorHasOneRule() {
        List<GradientTable.Entry> twice =
                List.of(GradientTable.rule("Relu", 6, g -> {}), GradientTable.rule("Relu", 14, g -> {}));

        assertThatThrownBy(() -> GradientTable.of(twice)).hasMessage("two rules for Relu");
    }
}
