package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.PassPipeline;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX's own cases of Attention: the expansion gives what ONNX recorded. */
class NodeCasesTest {
    static Stream<String> cases() {
        return NodeCases.of("Attention");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theExpansionGivesWhatOnnxRecorded(String name) {
        NodeCases nodeCase = NodeCases.read(name);

        new PassPipeline(new FusedOperatorsPass()).run(nodeCase.model());

        assertThat(Runs.operators(nodeCase.model())).doesNotContain("Attention");
        Map<String, HostTensor> actual = Runs.run(nodeCase.model(), nodeCase.inputs(), true);
        boolean half = nodeCase.outputs().values().stream().anyMatch(output -> output.dtype() == DType.FLOAT16);
        Runs.assertSame(actual, nodeCase.outputs(), half ? 2e-3 : 1e-5);
    }
}
