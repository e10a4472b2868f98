package dev.graft.training.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelVerifier;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.runtime.session.Device;
import dev.graft.tensor.DType;
import dev.graft.testing.Fixtures;
import dev.graft.training.expand.ExpansionPasses;
import dev.graft.training.precision.Activations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockGraphTest {
    private static final String DATA = "model_external.onnx.data";

    @TempDir
    Path folder;

    private final TrainingGraph step = step();
    private final List<String> stepNodes =
            step.model().graph().nodes().stream().map(Node::name).toList();
    private final OnnxModel block = BlockGraph.build(step, false);
    private final List<Graph> graphs = block.graphs();

    private static TrainingGraph step() {
        return TrainingGraph.build(
                Fixtures.path("llama/base/model_external.onnx"),
                TrainingTarget.of("all-linear", 4, 2).withDropout(0.1),
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                new Activations(DType.FLOAT32, Device.cpu()),
                TrainingGraph.Purpose.TRAINING);
    }

    @Test
    void theStepIsTheBodyOfALoopInALoop() {
        assertThat(graphs).hasSize(3);
        assertThat(graphs.get(0).nodes()).extracting(Node::opType).containsExactly("Loop");
        assertThat(graphs.get(1).nodes()).extracting(Node::opType).containsOnlyOnce("Loop", "ReduceL2");
        assertThat(graphs.get(2).nodes()).extracting(Node::name).containsAll(stepNodes);
        assertThat(graphs.get(0).outputs())
                .extracting(Value::name)
                .containsExactly(
                        "graft.parameters.new",
                        "graft.first_moment.new",
                        "graft.second_moment.new",
                        "graft.losses",
                        "graft.norms");
        assertThat(ModelVerifier.problems(block)).isEmpty();
    }

    @Test
    void frozenWeightsStayOutsideOfTheLoopsAndInTheirFile() {
        assertThat(graphs.get(0).initializers()).anyMatch(BlockGraphTest::isExternal);
        assertThat(graphs.subList(1, 3).stream()
                        .flatMap(body -> body.initializers().stream())
                        .mapToLong(value ->
                                value.initializer().orElseThrow().shape().elements()))
                .as("what the bodies have of their own are lengths and axes")
                .allMatch(elements -> elements <= 4);
    }

    @Test
    void itIsReadBackAsItWasWritten() throws IOException {
        Files.copy(Fixtures.path("llama/base/" + DATA), folder.resolve(DATA));
        Path file = folder.resolve("block.onnx");
        ModelWriter.write(block, file);

        OnnxModel read = ModelReader.read(file);

        assertThat(ModelVerifier.problems(read)).isEmpty();
        assertThat(described(read)).isEqualTo(described(block));
    }

    private static boolean isExternal(Value value) {
        return value.initializer().map(TensorData::isExternal).orElse(false);
    }

    private static List<String> described(OnnxModel model) {
        return model.graphs().stream()
                .map(graph -> graph.name()
                        + graph.inputs()
                        + graph.initializers()
                        + graph.outputs()
                        + graph.nodes().stream()
                                .map(node -> node.opType() + node.inputs() + node.outputs())
                                .toList())
                .toList();
    }
}
