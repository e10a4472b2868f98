package dev.graft.training.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.rules.GradientRules;
import dev.graft.training.types.GraphTypes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the driver does around the rules. */
class DifferentiatorTest {
    private final OnnxModel model = OnnxModel.create(8, 17);
    private final GraphEditor editor = new GraphEditor(model);
    private final GraphBuilder g = editor.atEnd(model.graph()).named("m");

    @Test
    void aMissingRuleNamesOperatorNodeAndPath() {
        Value x = input("x");
        Value exp = g.named("layer/exp").node("Exp", x);
        Value det = g.named("layer/det").node("Det", exp);
        editor.addGraphOutput(g.named("layer/out").node("Neg", det));

        assertThatThrownBy(() -> differentiate(model.graph().outputs().get(0), List.of(x)))
                .isInstanceOfSatisfying(GraftException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.GRADIENT_UNSUPPORTED);
                    assertThat(e.location().toString()).contains("layer/det/Det");
                })
                .hasMessageContaining("no gradient rule for Det, which lies between what is trained and the loss: "
                        + "layer/exp/Exp -> layer/det/Det");
    }

    @Test
    void anOperatorSetBelowTheRulesIsRefused() {
        OnnxModel old = OnnxModel.create(7, 9);
        GraphEditor oldEditor = new GraphEditor(old);
        Value x = oldEditor.addGraphInput(old.graph(), "x", matrix());
        Value conv = oldEditor.atEnd(old.graph()).named("old").node("Sum", x, x);
        GradientTable table = GradientTable.of(List.of(GradientTable.rule("Sum", 11, any -> {})));

        assertThatThrownBy(() ->
                        new Differentiator(table, old, GraphTypes.of(old)).differentiate(Map.of(conv, x), List.of(x)))
                .isInstanceOf(GraftException.class)
                .hasMessageContaining("the gradient of Sum is known from operator set 11 on, the model has 9");
    }

    @Test
    void nodesThatDoNotLeadToWhatIsTrainedGetNoGradient() {
        Value x = input("x");
        Value frozen = input("frozen");
        Value left = g.named("left").node("Det", frozen);
        Value right = g.named("right").node("Exp", x);
        Value sum = g.named("sum").add(left, right);

        Map<Value, Value> gradients = differentiate(sum, List.of(x));

        assertThat(gradients).containsOnlyKeys(x);
        assertThat(model.graph().nodes().stream().map(Node::name)).noneMatch(name -> name.startsWith("gradient/left"));
    }

    @Test
    void aValueThatTheLossDoesNotDependOnHasNoGradient() {
        Value x = input("x");
        Value other = input("other");
        Value y = g.node("Exp", x);

        assertThat(differentiate(y, List.of(x, other))).containsOnlyKeys(x);
    }

    @Test
    void backwardNodesSayWhoseGradientTheyCompute() {
        Value x = input("x");
        Value y = g.named("layer/exp").node("Exp", x);

        Value gradient = differentiate(y, List.of(x)).get(x);

        Node made = gradient.producer().orElseThrow();
        assertThat(made.name()).isEqualTo("gradient/layer/exp/Exp/Mul");
        assertThat(made.metadata()).containsEntry(Node.SOURCE, "gradient of layer/exp/Exp");
    }

    private Map<Value, Value> differentiate(Value loss, List<Value> trained) {
        GraphTypes types = GraphTypes.of(model);
        Value seed =
                editor.addGraphInput(model.graph(), "seed", types.type(loss).orElseThrow());
        return new Differentiator(GradientRules.TABLE, model, types).differentiate(Map.of(loss, seed), trained);
    }

    private Value input(String name) {
        return editor.addGraphInput(model.graph(), name, matrix());
    }

    private static ValueType matrix() {
        return ValueType.of(DType.FLOAT32, new Dim.Fixed(2), new Dim.Fixed(2));
    }
}
