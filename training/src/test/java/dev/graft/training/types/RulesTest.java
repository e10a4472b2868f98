package dev.graft.training.types;

import static dev.graft.training.types.Row.attribute;
import static dev.graft.training.types.Row.dim;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each rule says, written by hand from the operator's specification. */
class RulesTest {
    static Stream<Row> rows() {
        return Stream.of(
                        LayoutRows.rows(),
                        PartRows.rows(),
                        ProductRows.rows(),
                        WindowRows.rows(),
                        ElementRows.rows(),
                        ElementwiseRows.rows())
                .flatMap(rows -> rows);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRuleSaysWhatTheSpecificationSays(Row row) {
        SmallModel model = new SmallModel();

        Value value = row.build().apply(model);

        // fresh symbols are numbered in the order in which they come up, which is no part of what is said
        assertThat(renumbered(model.said(value))).isEqualTo(row.said());
    }

    @Test
    void everyRuleThatIsNotLikeItsNeighboursHasARow() {
        Set<String> rows = rows().map(Row::operator).collect(Collectors.toCollection(TreeSet::new));

        Set<String> rules = Stream.of(
                        LayoutShapes.RULES,
                        PartShapes.RULES,
                        ProductShapes.RULES,
                        WindowShapes.RULES,
                        FusedShapes.RULES,
                        ElementRules.RULES,
                        ListRules.RULES)
                .flatMap(List::stream)
                .map(Rule::operator)
                .collect(Collectors.toCollection(TreeSet::new));
        // of the same formula as their neighbours in the table
        rules.removeAll(Set.of("GlobalMaxPool", "GlobalLpPool", "com.microsoft.FusedConv", "Upsample"));

        assertThat(rows).containsAll(rules);
    }

    @Test
    void anInputNamedLikeAnExpressionIsNotTakenForOne() {
        SmallModel m = new SmallModel();

        Value product = m.op("Mul", dim(m, "a", 0), dim(m, "b", 0));

        assertThat(m.said(m.op("Concat", List.of(product, dim(m, "a*b", 0)), attribute("axis", 0))))
                .isEqualTo("[2]: a*b, 'a*b'");
    }

    @Test
    void dimensionsWithoutANameAreEachTheirOwn() {
        SmallModel m = new SmallModel();

        Value joined = m.op("Concat", List.of(m.shape(m.x("? ?")), m.shape(m.x("?"))), attribute("axis", 0));

        assertThat(m.said(joined)).isEqualTo("[3]: ?0, ?1, ?2");
    }

    @Test
    void whatGrowsWithoutBoundIsGivenUp() {
        SmallModel m = new SmallModel();
        Value grown = m.op("Add", dim(m, "a", 0), dim(m, "b", 0));
        for (int i = 0; i < 40; i++) {
            grown = m.op("Mul", grown, grown);
        }

        assertThat(m.said(grown)).isEqualTo("[1]");
    }

    @Test
    void knownIntegersAreThoseOfEveryRun() {
        SmallModel m = new SmallModel();
        Value x = m.x("b 6 4");
        Value half = m.op("Div", m.op("Gather", m.shape(x), m.ints(2)), m.ints(2));
        Value rows = m.op("Gather", m.shape(x), m.ints(0));
        m.said(half);
        m.said(rows);

        GraphTypes types = GraphTypes.of(m.model());

        assertThat(types.known(half))
                .hasValueSatisfying(known -> assertThat(known).containsExactly(2));
        assertThat(types.known(rows)).isEmpty();
        assertThat(types.known(x)).isEmpty();
    }

    private static String renumbered(String said) {
        Map<String, String> numbers = new HashMap<>();
        return Pattern.compile("\\?[0-9]+")
                .matcher(said)
                .replaceAll(found -> numbers.computeIfAbsent(found.group(), any -> "?" + numbers.size()));
    }
}
