package dev.graft.training.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BranchDropoutTest {
    private static final int ROWS = 60;
    private static final int WIDTH = 50;

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.1, 0.5, 0.9})
    void dropsTheFractionAskedForInEveryRowAndColumnAndFollowsFromTheSeedsAlone(double fraction) throws OrtException {
        try (OrtGraph graph = OrtGraph.open(dropped(fraction), GraphSettings.DEFAULT)) {
            float[] one = run(graph, 17, -8000);
            float[] again = run(graph, 17, -8000);
            float[] other = run(graph, 18, -8000);

            assertThat(one).containsExactly(again);
            assertThat(Arrays.equals(one, other)).isFalse();
            assertThat(fractionOfZeros(one)).isCloseTo(fraction, within(0.05));
            // as for independent draws: the fraction of places in which two masks agree
            double agreement = fraction * fraction + (1 - fraction) * (1 - fraction);
            assertThat(agreementOf(one, other)).isCloseTo(agreement, within(0.06));
            assertThat(agreementOfNeighbours(one)).isCloseTo(agreement, within(0.06));
        }
    }

    /** x · I behind dropout: what comes out is x with zeros. */
    private static OnnxModel dropped(double fraction) {
        OnnxModel model = OnnxModel.create(8, 17);
        GraphEditor editor = new GraphEditor(model);
        Dim batch = new Dim.Symbolic("batch");
        ValueType type = ValueType.of(DType.FLOAT32, batch, new Dim.Symbolic("length"), new Dim.Fixed(WIDTH));
        Value x = editor.addGraphInput(model.graph(), "x", type);
        double[] identity = new double[WIDTH * WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            identity[i * WIDTH + i] = 1;
        }
        GraphBuilder g = editor.atEnd(model.graph());
        Value a = g.initializer("a", Tensor.ofDoubles("a", DType.FLOAT32, Shape.of(WIDTH, WIDTH), identity));
        Value y = g.matMul(x, a);
        editor.setType(y, type);
        editor.rename(y, "y");
        editor.addGraphOutput(y);
        new BranchDropout(editor, fraction).apply(List.of(a));
        return model;
    }

    private static float[] run(OrtGraph graph, int... seeds) throws OrtException {
        float[] ones = new float[ROWS * WIDTH];
        Arrays.fill(ones, 1);
        try (OnnxTensor x = OnnxTensor.createTensor(
                        OrtGraph.environment(), FloatBuffer.wrap(ones), new long[] {3, ROWS / 3, WIDTH});
                OnnxTensor s = OnnxTensor.createTensor(OrtGraph.environment(), IntBuffer.wrap(seeds), new long[] {2});
                OrtSession.Result result = graph.run(Map.of("x", x, BranchDropout.SEEDS, s), Set.of("y"), Map.of())) {
            float[] values = new float[ones.length];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(values);
            return values;
        }
    }

    private static double fractionOfZeros(float[] values) {
        int zeros = 0;
        for (float value : values) {
            zeros += value == 0 ? 1 : 0;
        }
        return (double) zeros / values.length;
    }

    private static double agreementOf(float[] one, float[] other) {
        int same = 0;
        for (int i = 0; i < one.length; i++) {
            same += one[i] == other[i] ? 1 : 0;
        }
        return (double) same / one.length;
    }

    private static double agreementOfNeighbours(float[] values) {
        return agreementOf(
                Arrays.copyOfRange(values, WIDTH, values.length), Arrays.copyOf(values, values.length - WIDTH));
    }
}
