package dev.graft.compiler.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlFlowTest {
    private static final ValueType ROW = ValueType.of(DType.FLOAT32, new Dim.Symbolic("n"), new Dim.Fixed(2));
    private static final ValueType FLAG = ValueType.of(DType.BOOL);

    @TempDir
    Path folder;

    private final OnnxModel model = OnnxModel.create(8, 17);
    private final GraphEditor editor = new GraphEditor(model);
    private final Graph graph = model.graph();
    private final Value x = editor.addGraphInput(graph, "x", ROW);
    private final GraphBuilder g = editor.atEnd(graph);
    private final Value w = g.initializer("w", Tensor.ofFloats("w", Shape.of(2, 2), 1, 2, 3, 4));
    private final Value product = g.named("layer").matMul(x, w);
    private final Value bent = g.named("layer").node("Relu", product);
    private final Value choice =
            g.named("choice").node("If", "", List.of(editor.addGraphInput(graph, "flag", FLAG)), List.of());
    private final Node branch = choice.producer().orElseThrow();
    private final Graph then = ControlFlow.addBody(branch, "then_branch");
    private final Graph otherwise = ControlFlow.addBody(branch, "else_branch");

    private List<Node> layer() {
        return List.of(product.producer().orElseThrow(), bent.producer().orElseThrow());
    }

    private void finish() {
        editor.addGraphOutput(bent);
        Value negative = editor.atEnd(otherwise).node("Neg", x);
        editor.setType(negative, ROW);
        editor.addGraphOutput(negative);
        editor.setType(choice, ROW);
        editor.addGraphOutput(choice);
    }

    @Test
    void theTypeOfAMovedValueIsSaidInTheBody() {
        g.described(product, ROW);
        editor.setType(bent, ROW);
        ControlFlow.move(layer(), then);
        finish();

        Path file = folder.resolve("model.onnx");
        ModelWriter.write(model, file);
        OnnxModel read = ModelReader.read(file);

        assertThat(read.graphs()
                        .get(1)
                        .find("layer/MatMul_output")
                        .orElseThrow()
                        .type())
                .contains(ROW);
        assertThat(read.graph().find("layer/MatMul_output")).isEmpty();
    }

    @Test
    void movedNodesKeepTheirNamesAndReadFromOutsideWhatStays() {
        editor.setType(bent, ROW);
        ControlFlow.move(layer(), then);
        finish();

        assertThat(graph.nodes()).containsExactly(branch);
        assertThat(then.nodes()).extracting(Node::name).containsExactly("layer/MatMul", "layer/Relu");
        assertThat(bent.graph()).isSameAs(then);
        assertThat(then.find("w")).contains(w);
        assertThat(graph.find("layer/Relu_output")).isEmpty();
        assertThat(w.uses()).containsExactly(new Value.Use(layer().get(0), 1));
        assertThat(then.outer()).contains(graph);
        assertThat(then.owner()).contains(branch);
        assertThat(ModelVerifier.problems(model)).isEmpty();
    }

    @Test
    void whatWasMovedIsReadBackAsItWasWritten() {
        editor.setType(bent, ROW);
        ControlFlow.move(layer(), then);
        finish();

        Path file = folder.resolve("model.onnx");
        ModelWriter.write(model, file);
        OnnxModel read = ModelReader.read(file);

        assertThat(ModelVerifier.problems(read)).isEmpty();
        assertThat(described(read)).isEqualTo(described(model));
        assertThat(described(read))
                .containsExactly(
                        "graph [If [flag] -> [choice/If_output]] -> [choice/If_output]",
                        "choice/If/then_branch [MatMul [x, w] -> [layer/MatMul_output], "
                                + "Relu [layer/MatMul_output] -> [layer/Relu_output]] -> [layer/Relu_output]",
                        "choice/If/else_branch [Neg [x] -> [graft/Neg_output]] -> [graft/Neg_output]");
    }

    private static List<String> described(OnnxModel model) {
        return model.graphs().stream()
                .map(graph -> graph.name() + " "
                        + graph.nodes().stream()
                                .map(node -> node.opType() + " " + node.inputs() + " -> " + node.outputs())
                                .toList()
                        + " -> " + graph.outputs())
                .toList();
    }

    @Test
    void aNodeIsMovedWithItsOwnBodies() {
        editor.setType(bent, ROW);
        Value outer = g.node("If", "", branch.inputs(), List.of());
        Graph around = ControlFlow.addBody(outer.producer().orElseThrow(), "then_branch");
        editor.addGraphOutput(copyOf(ControlFlow.addBody(outer.producer().orElseThrow(), "else_branch"), x));
        editor.setType(outer, ROW);
        editor.addGraphOutput(outer);
        Value inThen = copyOf(then, bent);
        editor.addGraphOutput(inThen);
        editor.addGraphOutput(copyOf(otherwise, x));
        editor.setType(choice, ROW);

        ControlFlow.move(
                List.of(product.producer().orElseThrow(), bent.producer().orElseThrow(), branch), around);
        editor.addGraphOutput(choice);

        assertThat(then.outer()).contains(around);
        assertThat(then.isWithin(around)).isTrue();
        assertThat(inThen.graph()).isSameAs(then);
        assertThat(then.find(bent.name())).contains(bent);
        assertThat(ModelVerifier.problems(model)).isEmpty();
    }

    private Value copyOf(Graph body, Value value) {
        Value copy = editor.atEnd(body).node("Identity", value);
        editor.setType(copy, ROW);
        return copy;
    }

    @Test
    void whatIsReadOutsideIsNotMoved() {
        Value reader = g.named("reader").node("Neg", bent);

        assertThatThrownBy(() -> ControlFlow.move(layer(), then))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("layer/Relu_output is read by reader/Neg, which stays outside");
        assertThat(graph.nodes())
                .as("nothing is moved by half")
                .hasSize(4)
                .contains(reader.producer().orElseThrow());
        assertThat(then.nodes()).isEmpty();
    }

    @Test
    void whatIsAnOutputIsNotMoved() {
        editor.addGraphOutput(bent);

        assertThatThrownBy(() -> ControlFlow.move(layer(), then))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("layer/Relu_output is an output of graph");
    }

    @Test
    void aNodeIsMovedInwardOnlyAndNotIntoItself() {
        List<Node> own = List.of(branch);
        assertThatThrownBy(() -> ControlFlow.move(own, then))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("choice/If/then_branch does not lie in the graph of choice/If");

        List<Node> inner = List.of(copyOf(then, x).producer().orElseThrow());
        assertThatThrownBy(() -> ControlFlow.move(inner, otherwise))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("choice/If/else_branch does not lie in the graph of graft/Identity");
    }
}
