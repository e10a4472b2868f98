package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.OrtTensors;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Models on ONNX Runtime, before and after passes. */
final class Runs {
    private Runs() {}

    /** All numeric outputs of a model, from the inputs that it has among those given. */
    static Map<String, HostTensor> run(OnnxModel model, Map<String, HostTensor> given, boolean optimize) {
        GraphSettings settings = optimize ? GraphSettings.DEFAULT : GraphSettings.DEFAULT.withoutOptimization();
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        try (OrtGraph graph = OrtGraph.open(model, settings)) {
            for (String name : graph.inputs().keySet()) {
                assertThat(given).containsKey(name);
                inputs.put(name, OrtTensors.view(OrtGraph.environment(), given.get(name)));
            }
            try (OrtSession.Result result = graph.run(inputs, graph.outputs().keySet(), Map.of())) {
                return copy(result);
            }
        } catch (OrtException e) {
            throw new AssertionError(e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static Map<String, HostTensor> copy(OrtSession.Result result) {
        Map<String, HostTensor> outputs = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
            if (output.getValue() instanceof OnnxTensor tensor) {
                outputs.put(output.getKey(), OrtTensors.copy(tensor));
            }
        }
        return outputs;
    }

    /** The operators of all nodes, those of ONNX Runtime with their domain. */
    static List<String> operators(OnnxModel model) {
        return model.graphs().stream()
                .flatMap(graph -> graph.nodes().stream())
                .map(Runs::operator)
                .collect(Collectors.toList());
    }

    private static String operator(Node node) {
        return node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType();
    }

    /** Asserts that outputs are equal up to {@code tolerance}, relative to the largest of each output or 1. */
    static void assertSame(Map<String, HostTensor> actual, Map<String, HostTensor> expected, double tolerance) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, tensor) -> assertSame(name, actual.get(name), tensor, tolerance));
    }

    static void assertSame(String name, HostTensor actual, HostTensor expected, double tolerance) {
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        assertThat(actual.dtype()).as(name).isEqualTo(expected.dtype());
        double[] expectedValues = expected.toDoubles();
        double[] actualValues = actual.toDoubles();
        double scale = 1;
        for (double value : expectedValues) {
            scale = Math.max(scale, Double.isFinite(value) ? Math.abs(value) : 0);
        }
        for (int i = 0; i < expectedValues.length; i++) {
            boolean same = Math.abs(actualValues[i] - expectedValues[i]) <= tolerance * scale
                    || actualValues[i] == expectedValues[i]
                    || Double.isNaN(actualValues[i]) && Double.isNaN(expectedValues[i]);
            assertThat(same)
                    .as("%s[%d]: %s, expected %s", name, i, actualValues[i], expectedValues[i])
                    .isTrue();
        }
    }
}
