package dev.graft.training.precision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.session.Device;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.types.GraphTypes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MixedPrecisionTest {
    private static final String LOWEST = "lowest";

    private final OnnxModel model = OnnxModel.create(8, 17);
    private final GraphEditor editor = new GraphEditor(model);

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT16", "BFLOAT16"})
    void productsOfActivationsAreLowAndWhatMustBeExactIsNot(DType low) {
        attention();

        new Activations(low, Device.cuda(0)).lower(model, GraphTypes.of(model), trained());
        new PassPipeline().run(model);

        Map<Value, DType> formats = ElementTypes.of(model.graph());
        assertThat(format(formats, "query", "MatMul")).isEqualTo(low);
        assertThat(format(formats, "gate", "Mul")).isEqualTo(low);
        assertThat(format(formats, "scores", "MatMul")).isEqualTo(low);
        assertThat(format(formats, "masked", "Where")).isEqualTo(low);
        assertThat(format(formats, "softmax", "Softmax")).isEqualTo(DType.FLOAT32);
        assertThat(format(formats, "table", "Gather")).isEqualTo(DType.FLOAT32);
        assertThat(format(formats, "residual", "Add")).isEqualTo(DType.FLOAT32);
        // 511 positions times a frequency of 0.99 would be off by one and a half in 8 bits
        assertThat(format(formats, "angles", "MatMul")).isEqualTo(DType.FLOAT32);
        assertThat(format(formats, "cosines", "Cos")).isEqualTo(DType.FLOAT32);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT16", "BFLOAT16"})
    void aMasksLowestNumberStaysFinite(DType low) {
        attention();

        new Activations(low, Device.cuda(0)).lower(model, GraphTypes.of(model), trained());

        Value constant = node("masked", "Where").input(1);
        double[] values = constant.constant().orElseThrow().tensor(LOWEST).toDoubles();
        assertThat(values[0]).isFinite().isLessThanOrEqualTo(-65504);
        assertThat(constant.constant().orElseThrow().dtype()).isEqualTo(low);
    }

    @Test
    void aValueIsCastOnceForAllThatReadIt() {
        attention();

        new Activations(DType.BFLOAT16, Device.cuda(0)).lower(model, GraphTypes.of(model), trained());

        Value table = node("table", "Gather").output(0);
        assertThat(table.uses().stream().map(Value.Use::node))
                .filteredOn(node -> node.is("Cast"))
                .hasSize(1);
    }

    @Test
    void whatADeviceHasNoKernelForRunsInFloat32BetweenCasts() {
        Value x = input("x", DType.BFLOAT16);
        GraphBuilder g = editor.atEnd(model.graph());
        Value product = g.named("product").matMul(x, x);
        Value log = g.named("log").node("Log", product);
        editor.setType(log, ValueType.of(DType.BFLOAT16));
        editor.addGraphOutput(log);

        new Activations(DType.BFLOAT16, Device.cuda(0)).fit(model);
        new PassPipeline().run(model);

        assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("MatMul", "Cast", "Log", "Cast");
        Map<Value, DType> formats = ElementTypes.of(model.graph());
        assertThat(formats.get(node("product", "MatMul").output(0))).isEqualTo(DType.BFLOAT16);
        assertThat(formats.get(node("log", "Log").output(0))).isEqualTo(DType.FLOAT32);
        assertThat(formats.get(model.graph().outputs().get(0))).isEqualTo(DType.BFLOAT16);
    }

    /** ONNX's Where has bfloat16 from operator set 16 on, Conv from 22 on. */
    @Test
    void aKernelCountsFromItsOperatorSetOn() {
        GraphBuilder g = editor.atEnd(model.graph());
        Value x = input("x", DType.BFLOAT16);
        Node conv = g.node("Conv", x, x).producer().orElseThrow();
        Node sum = g.add(x, x).producer().orElseThrow();
        Node sine = g.node("Sin", x).producer().orElseThrow();

        Kernels cuda = Kernels.of(Device.cuda(0));
        assertThat(cuda.has(model, conv, DType.BFLOAT16)).isFalse();
        assertThat(cuda.has(OnnxModel.create(10, 22), conv, DType.BFLOAT16)).isTrue();
        assertThat(cuda.has(model, conv, DType.FLOAT16)).isTrue();
        assertThat(cuda.has(model, sum, DType.BFLOAT16)).isTrue();
        assertThat(cuda.has(model, sine, DType.BFLOAT16)).isFalse();
        assertThat(Kernels.of(Device.cpu()).has(model, sum, DType.BFLOAT16)).isFalse();
    }

    @Test
    void activationsAreFloat32OrOfSixteenBits() {
        assertThatThrownBy(() -> new Activations(DType.INT8, Device.cpu()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("activations cannot be int8");
    }

    /** Embedding, angles of positions, a product with a gate, scores under a mask, softmax, product, residual. */
    private void attention() {
        Value ids = input("ids", DType.INT64);
        Value positions = input("positions", DType.INT64);
        GraphBuilder g = editor.atEnd(model.graph());
        Value table = g.named("table").gather(weight("embedding", 64), ids, 0);
        Value floats =
                g.named("positions").cast(g.named("positions").node("Unsqueeze", positions, g.ints(2)), DType.FLOAT32);
        Value frequencies =
                editor.addInitializer(model.graph(), "frequencies", TensorData.of(tensor("frequencies", 1, 4)));
        Value angles = g.named("angles").matMul(floats, frequencies);
        Value cosines = g.named("cosines").node("Cos", angles);
        Value query = g.named("query").matMul(table, weight("query", 4));
        Value gate = g.named("gate").mul(query, g.named("gate").node("Sigmoid", query));
        Value turned = g.named("turned").mul(gate, cosines);
        Value keys = g.named("keys").transpose(query, 0, 2, 1);
        Value scores = g.named("scores").matMul(turned, keys);
        Value hidden = g.named("masked").node("Equal", ids, g.index(0));
        Value lowest = g.scalar(DType.FLOAT32, -Float.MAX_VALUE);
        Value rows = g.named("rows").node("Unsqueeze", hidden, g.ints(1));
        Value masked = g.named("masked").node("Where", rows, lowest, scores);
        Value softmax = g.named("softmax").node("Softmax", masked);
        Value mixed = g.named("mixed").matMul(softmax, query);
        Value residual = g.named("residual").add(table, mixed);
        editor.setType(
                residual, ValueType.of(DType.FLOAT32, new Dim.Symbolic("b"), new Dim.Symbolic("s"), new Dim.Fixed(4)));
        editor.addGraphOutput(residual);
    }

    private Value trained() {
        return input("parameters", DType.FLOAT32);
    }

    private Value input(String name, DType format) {
        return editor.addGraphInput(
                model.graph(), name, ValueType.of(format, new Dim.Symbolic("b"), new Dim.Symbolic("s")));
    }

    private Value weight(String name, int rows) {
        return editor.addInitializer(model.graph(), name, TensorData.of(tensor(name, rows, 4)));
    }

    private static Tensor tensor(String name, int rows, int columns) {
        double[] values = new double[rows * columns];
        Arrays.setAll(values, i -> Math.sin(i));
        return Tensor.ofDoubles(name, DType.FLOAT32, Shape.of(rows, columns), values);
    }

    private DType format(Map<Value, DType> formats, String name, String operator) {
        return formats.get(node(name, operator).output(0));
    }

    private Node node(String name, String operator) {
        List<Node> found = model.graph().nodes().stream()
                .filter(node -> node.is(operator) && node.name().startsWith(name + "/"))
                .toList();
        assertThat(found).as(name + " " + operator).hasSize(1);
        return found.get(0);
    }
}
