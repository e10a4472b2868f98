package dev.graft.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import dev.graft.training.expand.ExpansionPasses;
import dev.graft.training.graph.Biases;
import dev.graft.training.graph.SquaredError;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.TrainableLayout.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DoRA against PEFT's formula (tuners/lora/dora.py and variants.py), written down once more in double, of one layer of 3 inputs and 2 outputs. */
class DoraTest {
    private static final int ROWS = 2;
    private static final int IN = 3;
    private static final int OUT = 2;
    private static final int RANK = 2;
    private static final double SCALING = 1.5;
    private static final double[] X = {0.5, -1, 2, 1.5, 0.25, -0.75};
    private static final double[] WEIGHT = {0.4, -0.3, 0.2, 0.9, -0.6, 0.1};
    private static final double[] BIAS = {0.3, -0.2};
    private static final double[] TARGET = {1, -1, 0.5, 0};
    /** A [rank, in], B [rank, out] as the vector has it, m [out]. */
    private static final double[] LEARNT = {0.7, -0.2, 0.5, 0.1, 0.6, -0.4, 0.3, -0.8, 0.2, 0.9, 1.1, 0.8};

    @TempDir
    Path folder;

    /** A model's layer: {@code alpha · x·W + beta · bias}. */
    private record Layer(String operator, boolean transposed, double alpha, double beta) {}

    @ParameterizedTest
    @CsvSource({
        "MatMul, false, 1, 1, 0, NONE",
        "MatMul, false, 1, 1, 0.5, LORA_ONLY",
        "MatMul, true, 1, 1, 0, NONE",
        "MatMul, true, 1, 1, 0.5, NONE",
        "Gemm, false, 1, 1, 0, LORA_ONLY",
        "Gemm, true, 1, 1, 0.5, ALL",
        "Gemm, true, 0.7, 1.3, 0, NONE",
        "Gemm, false, 0.7, 1.3, 0.5, NONE"
    })
    void lossAndGradientAreThoseOfTheFormulaForExactlyOneMask(
            String operator, boolean transposed, double alpha, double beta, double dropout, Biases biases) {
        Layer layer = new Layer(operator, transposed, alpha, beta);
        TrainingTarget target =
                TrainingTarget.of("layer", RANK, SCALING).withDora().withBiases(biases);
        boolean biased = biases != Biases.NONE;
        double[] learnt = biased ? Arrays.copyOf(LEARNT, LEARNT.length + OUT) : LEARNT;
        System.arraycopy(BIAS, 0, learnt, learnt.length - OUT, biased ? OUT : 0);
        try (OrtTrainingEngine engine =
                OrtTrainingEngine.open(recipe(model(layer, WEIGHT), target.withDropout(dropout)))) {
            assertThat(engine.layout().entries())
                    .extracting(Entry::name)
                    .startsWith("layer.lora_A.weight", "layer.lora_B.weight", "layer.lora_magnitude_vector")
                    .hasSize(biased ? 4 : 3);
            engine.restore(state(learnt));
            double loss = engine.accumulate(batch(), 1, 12);
            float[] gradient = engine.state().gradient();

            double[] norms = norms(learnt);
            int all = (1 << X.length) - 1;
            List<Integer> fitting = new ArrayList<>();
            for (int mask = dropout == 0 ? all : 0; mask <= all; mask++) {
                if (Math.abs(loss(layer, mask, dropout, learnt, norms) - loss) < 1e-5) {
                    fitting.add(mask);
                }
            }
            assertThat(fitting).hasSize(1);
            for (int i = 0; i < learnt.length; i++) {
                // the norms stay: no gradient goes through them
                double above = loss(layer, fitting.get(0), dropout, moved(learnt, i, 1e-5), norms);
                double below = loss(layer, fitting.get(0), dropout, moved(learnt, i, -1e-5), norms);
                assertThat((double) gradient[i]).as("value " + i).isCloseTo((above - below) / 2e-5, within(1e-4));
            }
            assertThat(engine.evaluate(batch()).loss())
                    .as("evaluation drops nothing")
                    .isCloseTo(loss(layer, all, 0, learnt, norms), within(1e-5));
        }
    }

    @Test
    void magnitudesBeginWithTheNormsOfTheWeight() {
        TrainingTarget target = TrainingTarget.of("layer", RANK, SCALING).withDora();
        try (OrtTrainingEngine engine =
                OrtTrainingEngine.open(recipe(model(new Layer("MatMul", false, 1, 1), WEIGHT), target))) {
            double[] stored = engine.stored().get("layer.lora_magnitude_vector").toDoubles();

            assertThat(stored[0]).isCloseTo(Math.sqrt(0.4 * 0.4 + 0.2 * 0.2 + 0.6 * 0.6), within(1e-7));
            assertThat(stored[1]).isCloseTo(Math.sqrt(0.3 * 0.3 + 0.9 * 0.9 + 0.1 * 0.1), within(1e-7));
        }
    }

    @Test
    void whatCannotHaveMagnitudesIsRefusedByNameWithTheReason() {
        double[] zeroOutput = {0.4, 0, 0.2, 0, -0.6, 0};
        Path model = model(new Layer("MatMul", false, 1, 1), zeroOutput);
        assertRefused(model, TrainingTarget.of("layer", 2, 1), "layer", "the norm of the weight of output 1 is 0.0");
        Path whole = model(new Layer("MatMul", false, 1, 1), WEIGHT);
        assertRefused(
                whole,
                TrainingTarget.of("layer", 2, 1).withWhole(Pattern.compile("layer")),
                "layer",
                "its weight is trained as a whole too");
        assertRefused(
                Fixtures.path("conv/base/model_dynamo.onnx"),
                TrainingTarget.of("stem", 2, 1),
                "stem",
                "magnitudes are trained beside matrix products only, this is Conv");
    }

    private static void assertRefused(Path model, TrainingTarget target, String module, String reason) {
        assertThatThrownBy(() -> OrtTrainingEngine.open(recipe(model, target.withDora())))
                .isInstanceOfSatisfying(GraftException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.METHOD_UNSUPPORTED);
                    assertThat(e.getMessage()).contains("use_dora is not supported for " + module + ": ", reason);
                });
    }

    /** The sum of squares, with norms given; the inputs in the mask are not dropped. */
    private static double loss(Layer layer, int mask, double dropout, double[] learnt, double[] norms) {
        double loss = 0;
        for (int row = 0; row < ROWS; row++) {
            for (int out = 0; out < OUT; out++) {
                double own = 0;
                double behind = 0;
                double branch = 0;
                for (int in = 0; in < IN; in++) {
                    double x = X[row * IN + in];
                    double left = (mask >> (row * IN + in) & 1) * x / (1 - dropout);
                    own += x * WEIGHT[in * OUT + out];
                    behind += left * WEIGHT[in * OUT + out];
                    branch += left * delta(learnt, in, out);
                }
                double gain = learnt[RANK * (IN + OUT) + out] / norms[out];
                double y = layer.alpha * (own + (gain - 1) * behind + gain * branch)
                        + layer.beta * (learnt.length > LEARNT.length ? learnt[LEARNT.length + out] : BIAS[out]);
                loss += Math.pow(y - TARGET[row * OUT + out], 2);
            }
        }
        return loss;
    }

    /** {@code ‖W + s·B·A‖}, added up element by element. */
    private static double[] norms(double[] learnt) {
        double[] norms = new double[OUT];
        for (int out = 0; out < OUT; out++) {
            for (int in = 0; in < IN; in++) {
                norms[out] += Math.pow(WEIGHT[in * OUT + out] + delta(learnt, in, out), 2);
            }
            norms[out] = Math.sqrt(norms[out]);
        }
        return norms;
    }

    private static double delta(double[] learnt, int in, int out) {
        double delta = 0;
        for (int k = 0; k < RANK; k++) {
            delta += SCALING * learnt[k * IN + in] * learnt[RANK * IN + k * OUT + out];
        }
        return delta;
    }

    private static double[] moved(double[] learnt, int index, double step) {
        double[] moved = learnt.clone();
        moved[index] += step;
        return moved;
    }

    private Path model(Layer layer, double[] weight) {
        OnnxModel model = OnnxModel.create(8, 17);
        GraphEditor editor = new GraphEditor(model);
        Graph graph = model.graph();
        Dim batch = new Dim.Symbolic("batch");
        Value x = editor.addGraphInput(graph, "x", ValueType.of(DType.FLOAT32, batch, new Dim.Fixed(IN)));
        GraphBuilder g = editor.atEnd(graph).named("/layer/" + layer.operator);
        Tensor stored = Tensor.ofDoubles("w", DType.FLOAT32, Shape.of(IN, OUT), weight);
        Value w = g.initializer("layer.weight", layer.transposed ? materialized(stored.transposed()) : stored);
        Value bias = g.initializer("layer.bias", Tensor.ofDoubles("b", DType.FLOAT32, Shape.of(OUT), BIAS));
        Value y;
        if (layer.operator.equals("Gemm")) {
            List<Attribute> attributes = List.of(
                    Attribute.of("alpha", (float) layer.alpha),
                    Attribute.of("beta", (float) layer.beta),
                    Attribute.of("transB", layer.transposed ? 1L : 0L));
            y = g.node("Gemm", "", List.of(x, w, bias), attributes);
        } else {
            y = g.add(g.matMul(x, layer.transposed ? g.transpose(w, 1, 0) : w), bias);
        }
        editor.setType(y, ValueType.of(DType.FLOAT32, batch, new Dim.Fixed(OUT)));
        editor.rename(y, "y");
        editor.addGraphOutput(y);
        Path file = folder.resolve("model.onnx");
        ModelWriter.write(model, file);
        return file;
    }

    private static Tensor materialized(Tensor tensor) {
        return Tensor.ofDoubles(tensor.name(), DType.FLOAT32, tensor.shape(), tensor.toDoubles());
    }

    private static OrtTrainingEngine.Recipe recipe(Path model, TrainingTarget target) {
        return new OrtTrainingEngine.Recipe(
                model, target, new SquaredError(), ExpansionPasses.forTraining(), GraphSettings.DEFAULT);
    }

    private static Batch batch() {
        return new Batch(
                Map.of("x", HostTensor.of(Tensor.ofDoubles("x", DType.FLOAT32, Shape.of(ROWS, IN), X))),
                Optional.of(HostTensor.of(Tensor.ofDoubles("t", DType.FLOAT32, Shape.of(ROWS, OUT), TARGET))),
                ROWS,
                ROWS);
    }

    private static EngineState state(double[] values) {
        float[] parameters = new float[values.length];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) values[i];
        }
        int size = parameters.length;
        return new EngineState(parameters, new float[size], new float[size], new float[size], 0);
    }
}
