package dev.graft.compiler.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphEditorTest {
    private static final ValueType ROW = ValueType.of(DType.FLOAT32, new Dim.Symbolic("n"), new Dim.Fixed(2));

    @TempDir
    Path folder;

    private final OnnxModel model = OnnxModel.create(8, 17);
    private final GraphEditor editor = new GraphEditor(model);
    private final Value x = editor.addGraphInput(model.graph(), "x", ROW);
    private final GraphBuilder g = editor.atEnd(model.graph());
    private final Value w = g.initializer("w", Tensor.ofFloats("w", Shape.of(2, 2), 1, 2, 3, 4));
    private final Value y = g.named("layer").matMul(x, w);

    GraphEditorTest() {
        editor.setType(y, ROW);
        editor.addGraphOutput(y);
    }

    @Test
    void whatIsBuiltIsReadBackAsItWasWritten() {
        g.source("test of bias").named("layer").add(y, g.scalar(DType.FLOAT32, 0.5));

        Path file = folder.resolve("model.onnx");
        ModelWriter.write(model, file);
        OnnxModel read = ModelReader.read(file);

        assertThat(read.graph().nodes()).extracting(Node::opType).containsExactly("MatMul", "Add");
        assertThat(read.graph().nodes().get(1).metadata()).containsEntry(Node.SOURCE, "test of bias");
        assertThat(read.graph().inputs().get(0).type()).contains(ROW);
        assertThat(read.graph()
                        .find("w")
                        .orElseThrow()
                        .constant()
                        .orElseThrow()
                        .tensor("w")
                        .toDoubles())
                .containsExactly(1, 2, 3, 4);
        assertThat(ModelVerifier.problems(read)).isEmpty();
    }

    @Test
    void aDivertedOutputLeavesReadersAndGraphOutputsAlone() {
        Value reader = g.node("Relu", y);
        Node product = y.producer().orElseThrow();

        Value base = editor.divertOutput(product, 0, "y_base");
        editor.after(product).nodeFor(y, "Neg", "", List.of(base), List.of());

        assertThat(product.output(0)).isSameAs(base);
        assertThat(y.isGraphOutput()).isTrue();
        assertThat(reader.producer().orElseThrow().input(0)).isSameAs(y);
        assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("MatMul", "Neg", "Relu");
        assertThat(ModelVerifier.problems(model)).isEmpty();
    }

    @Test
    void namesAreFreshAcrossTheModel() {
        Value first = g.named("layer").matMul(x, w);
        Value second = g.initializer("w", Tensor.ofFloats("w", Shape.of(1), 0));

        assertThat(y.name()).isEqualTo("layer/MatMul_output");
        assertThat(first.name()).isEqualTo("layer/MatMul_1_output");
        assertThat(second.name()).isEqualTo("w_1");
    }

    @Test
    void whatNothingReadsIsRemovedWithWhatOnlyItRead() {
        g.node("Relu", g.add(x, g.scalar(DType.FLOAT32, 1)));

        int removed = editor.removeUnused(model.graph());

        assertThat(removed).isEqualTo(3);
        assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("MatMul");
        assertThat(model.graph().initializers()).containsExactly(w);
        assertThat(x.uses()).hasSize(1);
    }

    @Test
    void nodesAreSortedByWhatTheyReadAndElseStayAsTheyWere() {
        Value relu = editor.atStart(model.graph()).node("Relu", y);
        editor.atEnd(model.graph()).node("Neg", relu);

        assertThat(ModelVerifier.problems(model))
                .containsExactly("node graft/Relu reads 'layer/MatMul_output', which nothing before it defines");
        assertThat(editor.sort(model.graph())).isTrue();

        assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("MatMul", "Relu", "Neg");
        assertThat(editor.sort(model.graph())).isFalse();
        assertThat(ModelVerifier.problems(model)).isEmpty();
    }

    @Test
    void raisingTheIrVersionKeepsInitializersConstant() {
        OnnxModel old = OnnxModel.create(3, 9);
        GraphEditor oldEditor = new GraphEditor(old);
        Value weight = oldEditor.addInitializer(
                old.graph(), "w", TensorData.of(Tensor.ofFloats("w", Shape.of(2, 2), 1, 2, 3, 4)));
        oldEditor.makeGraphInput(weight, ROW);

        oldEditor.requireIrVersion(4);

        assertThat(old.irVersion()).isEqualTo(4);
        assertThat(old.graph().inputs()).isEmpty();
        assertThat(weight.constant()).isPresent();
    }

    @Test
    void aPassThatBreaksTheModelIsNamed() {
        ModelPass bad = new ModelPass() {
            @Override
            public String name() {
                return "BadPass";
            }

            @Override
            public PassResult call(OnnxModel broken) {
                new GraphEditor(broken)
                        .atEnd(broken.graph())
                        .node("NoSuchOperator", "elsewhere", List.of(x), List.of());
                return new PassResult(broken, true);
            }
        };

        assertThatThrownBy(() -> new PassPipeline(bad).run(model))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
                .hasMessageContaining("pass BadPass")
                .hasMessageContaining("needs the operator set 'elsewhere', which is not imported");
    }
}
