package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingFusionPassTest {
    @TempDir
    Path folder;

    /** Two layers have two normalisations each and one at the end, two rotations each, and one gate each; stories260K has five. */
    @ParameterizedTest
    @CsvSource({
        "conformance/exports/llama/dynamo.onnx, 2",
        "conformance/exports/llama/dynamo_noopt.onnx, 2",
        "conformance/exports/llama/ts_wrapped.onnx, 2",
        "models/stories260K/onnx/stories260K_dynamo.onnx, 5",
        "models/stories260K/onnx/stories260K_ts.onnx, 5"
    })
    void everyNormalisationRotationAndGateOfAnExportIsFound(String file, int layers) {
        OnnxModel model = ModelReader.read(Shared.path(file));
        List<String> before = Runs.operators(model);

        new PassPipeline(new TrainingFusionPass()).run(model);

        List<String> after = Runs.operators(model);
        assertThat(before).doesNotContain("SimplifiedLayerNormalization");
        assertThat(Collections.frequency(after, "SimplifiedLayerNormalization")).isEqualTo(2 * layers + 1);
        assertThat(Collections.frequency(after, "com.microsoft.RotaryEmbedding"))
                .isEqualTo(2 * layers);
        assertThat(Collections.frequency(after, "com.microsoft.QuickGelu")).isEqualTo(layers);
        assertThat(after).doesNotContain("Pow", "Sigmoid", "Neg");
    }

    @Test
    void whatOneRuleDoesIsSaid() {
        assertThat(TrainingFusionPass.descriptions()).allMatch(text -> text.matches("Replaces .* with .*"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "the exporters' form  | x 2 -1 1 8 | true",
                "another exponent     | x 3 -1 1 8 | false",
                "another axis         | x 2 0 1 8  | false",
                "the mean of another  | w 2 -1 1 8 | false",
                "the axis goes        | x 2 -1 0 8 | false",
                "a weight of length 1 | x 2 -1 1 1 | false"
            })
    void onlyTheRootMeanSquareOfTheLastAxisIsReplaced(String what, String form, boolean replaced) {
        String[] part = form.split(" ", -1);
        String weight = "initializer { name: 'w' data_type: 1 dims: " + part[4] + " "
                + "float_data: 0.5 ".repeat(Integer.parseInt(part[4])) + "}\n";
        OnnxModel model = TextModels.read(
                folder,
                "opset_import { version: 17 } graph { name: 'g' " + TextModels.floats("input", "x", 8, 8)
                        + TextModels.floats("output", "y", 8, 8) + weight
                        + "initializer { name: 'two' data_type: 1 float_data: " + part[1] + " }\n"
                        + "initializer { name: 'eps' data_type: 1 float_data: 0.125 }\n"
                        + "node { op_type: 'Pow' input: '" + part[0] + "' input: 'two' output: 'p' }\n"
                        + "node { op_type: 'ReduceMean' input: 'p' output: 'm' attribute { name: 'axes' type: INTS ints: "
                        + part[2] + " } attribute { name: 'keepdims' type: INT i: " + part[3] + " } }\n"
                        + """
                        node { op_type: 'Add' input: 'm' input: 'eps' output: 'a' }
                        node { op_type: 'Sqrt' input: 'a' output: 's' }
                        node { op_type: 'Reciprocal' input: 's' output: 'r' }
                        node { op_type: 'Mul' input: 'x' input: 'r' output: 'n' }
                        node { op_type: 'Mul' input: 'w' input: 'n' output: 'y' } }
                        """);
        float[] values = new float[64];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 37 % 64 - 31) / 16f;
        }
        Map<String, HostTensor> inputs = Map.of("x", HostTensor.ofFloats(Shape.of(8, 8), values));
        Map<String, HostTensor> expected = Runs.run(model, inputs, false);

        boolean modified = new PassPipeline(new TrainingFusionPass()).run(model).modified();

        assertThat(modified).as(what).isEqualTo(replaced);
        Runs.assertSame(Runs.run(model, inputs, true), expected, 1e-6);
    }

    /** Rows of a batch at positions of their own: the table has a row for each of them. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "each row's own positions, batch, 4, 1, true",
        "one row of positions for all, 1, 4, 1, true",
        "halves of another size, batch, 3, 1, false",
        "an axis of heads in another place, batch, 4, 2, false"
    })
    void rotations(String what, String batch, long half, long axis, boolean replaced) {
        Object cosBatch = batch.equals("1") ? 1 : batch;
        Object heads = axis == 1 ? 2 : "positions";
        Object places = axis == 1 ? "positions" : 2;
        OnnxModel model = TextModels.read(
                folder,
                "opset_import { version: 17 } graph { name: 'g' "
                        + TextModels.floats("input", "x", "batch", heads, places, 8)
                        + TextModels.floats("input", "angles", cosBatch, "positions", 4)
                        + TextModels.floats("output", "y", "batch", heads, places, 8)
                        + longs("zero", 0) + longs("half", half) + longs("all", 9223372036854775807L)
                        + longs("last", 3) + longs("axis", axis)
                        + """
                        node { op_type: 'Concat' input: 'angles' input: 'angles' output: 'twice' attribute { name: 'axis' type: INT i: -1 } }
                        node { op_type: 'Cos' input: 'twice' output: 'cos' }
                        node { op_type: 'Sin' input: 'twice' output: 'sin' }
                        node { op_type: 'Unsqueeze' input: 'cos' input: 'axis' output: 'cosines' }
                        node { op_type: 'Unsqueeze' input: 'sin' input: 'axis' output: 'sines' }
                        node { op_type: 'Slice' input: 'x' input: 'zero' input: 'half' input: 'last' output: 'first' }
                        node { op_type: 'Slice' input: 'x' input: 'half' input: 'all' input: 'last' output: 'second' }
                        node { op_type: 'Neg' input: 'second' output: 'negated' }
                        node { op_type: 'Concat' input: 'negated' input: 'first' output: 'turned' attribute { name: 'axis' type: INT i: -1 } }
                        node { op_type: 'Mul' input: 'x' input: 'cosines' output: 'kept' }
                        node { op_type: 'Mul' input: 'turned' input: 'sines' output: 'moved' }
                        node { op_type: 'Add' input: 'kept' input: 'moved' output: 'y' } }
                        """);
        long rows = batch.equals("1") ? 1 : 3;
        Map<String, HostTensor> inputs = Map.of(
                "x",
                numbers(axis == 1 ? Shape.of(3, 2, 5, 8) : Shape.of(3, 5, 2, 8)),
                "angles",
                numbers(Shape.of(rows, 5, 4)));
        Map<String, HostTensor> expected = Runs.run(model, inputs, false);

        new PassPipeline(new TrainingFusionPass()).run(model);

        assertThat(Runs.operators(model).contains("com.microsoft.RotaryEmbedding"))
                .as(what)
                .isEqualTo(replaced);
        Runs.assertSame(Runs.run(model, inputs, true), expected, 1e-6);
    }

    private static HostTensor numbers(Shape shape) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 37 % 101 - 50) / 25f;
        }
        return HostTensor.ofFloats(shape, values);
    }

    private static String longs(String name, long value) {
        return "initializer { name: '" + name + "' data_type: 7 dims: 1 int64_data: " + value + " }\n";
    }
}
