package dev.graft.training.autodiff.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.training.autodiff.GradientCheck;
import dev.graft.training.autodiff.GradientTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operators whose derivative is zero, or whose output is no floating-point number. */
class StopRulesTest {
    private static final HostTensor X =
            HostTensor.ofDoubles(DType.FLOAT64, Shape.of(2, 3), 0.3, -1.7, 2.45, 0.8, -0.6, 1.35);

    @ParameterizedTest
    @MethodSource("dev.graft.training.autodiff.rules.StopRows#operators")
    void passesNoGradientOnAndRaisesNoError(String operator) throws Exception {
        GradientCheck check = new GradientCheck(() -> model(operator), Map.of("x", X), List.of("x"), 1e-3, 6);

        GradientCheck.Outcome outcome = check.run();

        assertThat(outcome.none()).containsExactly("x");
        assertThat(outcome.worst())
                .as("deviation from zero: " + outcome.where())
                .isLessThan(1e-9);
    }

    @Test
    void everyStopOfTheTableHasARow() {
        List<String> stops = GradientRules.TABLE.entries().stream()
                .filter(entry -> entry.kind() == GradientTable.Kind.STOP)
                .map(GradientTable.Entry::name)
                .toList();

        assertThat(StopRows.operators()).containsExactlyInAnyOrderElementsOf(stops);
    }

    private static OnnxModel model(String operator) {
        OnnxModel model = OnnxModel.create(8, 17);
        GraphEditor editor = new GraphEditor(model);
        Value x = editor.addGraphInput(
                model.graph(), "x", ValueType.of(DType.FLOAT64, new Dim.Fixed(2), new Dim.Fixed(3)));
        GraphBuilder g = editor.atEnd(model.graph()).named("row");
        // a square of it would carry a gradient back, if the operator let one through
        Value y = g.cast(StopRows.apply(operator, g, x), DType.FLOAT64);
        editor.addGraphOutput(g.mul(y, y));
        return model;
    }
}
