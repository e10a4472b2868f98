package dev.graft.compiler.resolve;

import static dev.graft.compiler.testing.TestGraph.attribute;
import static dev.graft.compiler.testing.TestGraph.nodeProto;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.testing.TestGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reads a tensor's bytes. */
class ConsumerIndexTest {
    @TempDir
    Path folder;

    @Test
    void directReadersAndThoseBehindATranspose() {
        assertThat(consumers(TestGraph.ofInput("x")
                        .weight("w", 1, 5, 5)
                        .node("Gather", "embed", List.of("w", "x"), List.of("a"))
                        .node("Transpose", "t", List.of("w"), List.of("wt"))
                        .node("MatMul", "head", List.of("a", "wt"), List.of("y"))
                        .output("y")))
                .containsExactly("Gather 'embed' (input 0)", "MatMul 'head' (input 1)");
    }

    @Test
    void graphOutputs() {
        assertThat(consumers(TestGraph.ofInput("x")
                        .weight("w", 1, 5, 5)
                        .node("Identity", "i", List.of("w"), List.of("copy"))
                        .output("copy")))
                .containsExactly("output 'copy' of graph");
    }

    @Test
    void nodesOfSubgraphsAndFunctions() {
        TestGraph body = TestGraph.empty()
                .node("MatMul", "inner", List.of("x", "w"), List.of("t"))
                .output("t");
        assertThat(consumers(TestGraph.ofInput("x")
                        .weight("w", 1, 5, 5)
                        .function(
                                "f",
                                "Linear",
                                List.of("a", "k"),
                                List.of("r"),
                                nodeProto("MatMul", "mm", List.of("a", "k"), List.of("r")))
                        .node("f:Linear", "call", List.of("x", "w"), List.of("y"))
                        .node("If", "choice", List.of("x"), List.of("z"), attribute("else_branch", body))
                        .output("y")))
                .containsExactly(
                        "MatMul 'mm' (input 1) in call / Linear", "MatMul 'inner' (input 1) in choice / else_branch");
    }

    @Test
    void readersOfOtherTensorsOverTheSameBytes() throws IOException {
        Files.write(folder.resolve("w.bin"), new byte[100]);
        assertThat(consumers(TestGraph.ofInput("x")
                        .initializer(TestGraph.external("w", Map.of("location", "w.bin", "offset", "0"), 2, 5))
                        .initializer(
                                TestGraph.external("overlapping", Map.of("location", "w.bin", "offset", "36"), 2, 5))
                        .initializer(TestGraph.external("beside", Map.of("location", "w.bin", "offset", "40"), 2, 5))
                        .node("MatMul", "one", List.of("x", "w"), List.of("a"))
                        .node("MatMul", "two", List.of("x", "overlapping"), List.of("b"))
                        .node("MatMul", "three", List.of("x", "beside"), List.of("c"))
                        .output("a")))
                .containsExactly("MatMul 'one' (input 1)", "MatMul 'two' (input 1)");
    }

    @Test
    void aConsumerKnowsItsSite() {
        ModelIndex model = scan(TestGraph.ofInput("x")
                .weight("w", 1, 5, 5)
                .weight("b", 1, 5)
                .node("Gemm", "n", List.of("x", "w", "b"), List.of("y"))
                .output("y"));
        Site site = SiteFinder.sites(model).get(0);
        ConsumerIndex index = ConsumerIndex.of(model);

        assertThat(index.consumersOf(model.graph().initializers().get("w")).get(0))
                .matches(consumer -> consumer.isWeightOf(site) && !consumer.isBiasOf(site));
        assertThat(index.consumersOf(model.graph().initializers().get("b")).get(0))
                .matches(consumer -> consumer.isBiasOf(site) && !consumer.isWeightOf(site));
    }

    private List<String> consumers(TestGraph test) {
        ModelIndex model = scan(test);
        return ConsumerIndex.of(model).consumersOf(model.graph().initializers().get("w")).stream()
                .map(Consumer::description)
                .toList();
    }

    private ModelIndex scan(TestGraph test) {
        return ModelScanner.scan(test.write(folder.resolve("model.onnx")));
    }
}
