package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.values;
import static dev.graft.training.autodiff.rules.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Attribute;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.training.autodiff.GradientCheck;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Gradients where differences have nothing to say: kinks, ties, zeros. The numbers are those of PyTorch unless said otherwise. */
class SpecialValuesTest {
    private static final Shape THREE = Shape.of(3);

    @Test
    void aRootAtZeroIsInfinitelySteep() throws Exception {
        assertThat(gradient(row("Sqrt", 17).in(values(THREE, 0, 1, 4)), "in0"))
                .containsExactly(Double.POSITIVE_INFINITY, 0.5, 0.25);
    }

    @Test
    void powersOfNegativeBasesAndOfZeroAreNoNaN() throws Exception {
        assertThat(gradient(
                        row("Pow", 17)
                                .in(
                                        values(THREE, -2, 0, 2),
                                        values(Shape.of(), 3).stored()),
                        "in0"))
                .containsExactly(12, 0, 12);
        assertThat(gradient(
                        row("Pow", 17)
                                .in(
                                        values(THREE, -2, 0, 2),
                                        values(THREE, 2, 0, 1).frozen()),
                        "in0"))
                .containsExactly(-4, 0, 1);
        assertThat(gradient(row("Pow", 17).in(values(THREE, 0, 0, 1), values(THREE, 2, 1, 3)), "in1"))
                .containsExactly(0, 0, 0);
    }

    @Test
    void whatWhereDoesNotChooseMayBeNaN() throws Exception {
        Input condition = Input.truths(THREE, 1, 0, 1);
        assertThat(gradient(
                        row("Where", 17).in(condition, values(THREE, 1, Double.NaN, 2), values(THREE, 1, 2, 3)), "in1"))
                .containsExactly(1, 0, 1);
    }

    @Test
    void kinksHaveTheSlopeOfPyTorch() throws Exception {
        Input x = values(THREE, -1, 0, 1);
        assertThat(gradient(row("Relu", 17).in(x), "in0")).containsExactly(0, 0, 1);
        assertThat(gradient(row("Abs", 17).in(x), "in0")).containsExactly(-1, 0, 1);
        Row clip = row("Clip", 17)
                .in(x, values(Shape.of(), 0).stored(), values(Shape.of(), 1).stored());
        assertThat(gradient(clip, "in0")).containsExactly(0, 1, 1);
        assertThat(gradient(row("ReduceL2", 17).in(values(THREE, 0, 0, 0)), "in0"))
                .containsExactly(0, 0, 0);
    }

    /** PyTorch's maximum shares the gradient of a tie; here the first input gets it. */
    @Test
    void ofEqualInputsOfMaxTheFirstGetsTheGradient() throws Exception {
        Row row = row("Max", 17).in(values(THREE, 1, 2, 3), values(THREE, 1, 3, 3), values(THREE, 1, 3, 1));
        assertThat(gradient(row, "in0")).containsExactly(1, 0, 1);
        assertThat(gradient(row, "in1")).containsExactly(0, 1, 0);
        assertThat(gradient(row, "in2")).containsExactly(0, 0, 0);
    }

    @Test
    void equalExtremesOfAReductionShareTheGradient() throws Exception {
        assertThat(gradient(row("ReduceMax", 17).in(values(THREE, 5, 1, 5)), "in0"))
                .containsExactly(0.5, 0, 0.5);
    }

    @Test
    void aProductWithZerosHasAGradientAtOneZeroOnly() throws Exception {
        Row row = row("ReduceProd", 17)
                .in(values(Shape.of(2, 3), 2, 0, 5, 0, 0, 7))
                .with(Attribute.ofInts("axes", 1));
        assertThat(gradient(row, "in0")).containsExactly(0, 10, 0, 0, 0, 0);
    }

    /** The gradient of the sum of all outputs. */
    private static double[] gradient(Row row, String input) throws Exception {
        Map<String, HostTensor> gradients =
                new GradientCheck(() -> row.model(17, Row.Lengths.FIXED), row.feeds(), row.wanted(), 1e-3, 0).ofSum();
        return java.util.Objects.requireNonNull(gradients.get(input)).toDoubles();
    }
}
