package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConstantIfPassTest {
    private static final Map<String, HostTensor> INPUTS = Map.of(
            "x", HostTensor.ofFloats(Shape.of(4), -2, -0.5f, 1, 3),
            "flag", HostTensor.ofIntegers(DType.BOOL, Shape.of(), 1));

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "true constant | node { op_type: 'Constant' output: 'c' attribute { name: 'value' type: TENSOR t { data_type: 9 int32_data: 1 } } } | true",
                "false initializer | initializer { name: 'c' data_type: 9 int32_data: 0 } | false",
                "comparison | node { op_type: 'Less' input: 'two' input: 'three' output: 'c' } | true",
                "not of comparison | node { op_type: 'GreaterOrEqual' input: 'three' input: 'two' output: 'd' } node { op_type: 'Not' input: 'd' output: 'c' } | false",
                "cast | node { op_type: 'Cast' input: 'two' output: 'c' attribute { name: 'to' type: INT i: 9 } } | true",
                "length of an input | node { op_type: 'Shape' input: 'x' output: 's' } node { op_type: 'Gather' input: 's' input: 'zero' output: 'n' } "
                        + "node { op_type: 'Equal' input: 'n' input: 'four' output: 'c' } | true",
                "and | node { op_type: 'Equal' input: 'two' input: 'two' output: 'd' } node { op_type: 'Equal' input: 'two' input: 'three' output: 'e' } "
                        + "node { op_type: 'And' input: 'd' input: 'e' output: 'c' } | false"
            })
    void theTakenBranchIsPutInItsPlace(String what, String condition, boolean taken) {
        OnnxModel model = TextModels.read(folder, text(condition));
        Map<String, HostTensor> expected = Runs.run(model, INPUTS, false);

        new PassPipeline(new ConstantIfPass()).run(model);

        assertThat(Runs.operators(model)).doesNotContain("If").contains(taken ? "Neg" : "Abs");
        assertThat(expected.get("y").toDoubles()[0]).isEqualTo(taken ? 12 : 2);
        Runs.assertSame(Runs.run(model, INPUTS, true), expected, 0);
    }

    @Test
    void aConditionThatIsFedStays() {
        OnnxModel model = TextModels.read(folder, text("node { op_type: 'Identity' input: 'flag' output: 'c' }"));

        Map<String, HostTensor> expected = Runs.run(model, INPUTS, false);

        new PassPipeline(new ConstantIfPass()).run(model);

        // the inner one is replaced within the branch
        assertThat(Runs.operators(model)).containsOnlyOnce("If").contains("Neg", "Abs");
        Runs.assertSame(Runs.run(model, INPUTS, true), expected, 0);
    }

    /** A branch with a weight of its own, an inner If that is constant, and an output that is another's too. */
    private static String text(String condition) {
        return "opset_import { version: 17 } graph { name: 'g' " + TextModels.floats("input", "x", 4)
                + "input { name: 'flag' type { tensor_type { elem_type: 9 shape { } } } } "
                + TextModels.floats("output", "y", 4) + TextModels.floats("output", "z", 4)
                + number("zero", 0) + number("two", 2) + number("three", 3) + number("four", 4) + condition
                + """
                node { op_type: 'Add' input: 'x' input: 'x' output: 'twice' }
                node { op_type: 'If' name: 'choice' input: 'c' output: 'y' output: 'z'
                  attribute { name: 'then_branch' type: GRAPH g { name: 't' output { name: 'r' } output { name: 'same' }
                     initializer { name: 'w' data_type: 1 dims: 4 float_data: 3 float_data: 1 float_data: 1 float_data: 1 }
                     initializer { name: 'yes' data_type: 9 int32_data: 1 }
                     node { op_type: 'Identity' input: 'twice' output: 'same' }
                     node { op_type: 'Mul' input: 'twice' input: 'w' output: 'm' }
                     node { op_type: 'If' input: 'yes' output: 'r'
                       attribute { name: 'then_branch' type: GRAPH g { name: 'tt' output { name: 'q' }
                          node { op_type: 'Neg' input: 'm' output: 'q' } } }
                       attribute { name: 'else_branch' type: GRAPH g { name: 'te' output { name: 'q2' }
                          node { op_type: 'Identity' input: 'm' output: 'q2' } } } } } }
                  attribute { name: 'else_branch' type: GRAPH g { name: 'e' output { name: 'r' } output { name: 'r2' }
                     node { op_type: 'Abs' input: 'x' output: 'r' } node { op_type: 'Identity' input: 'r' output: 'r2' } } } }
                }
                """;
    }

    private static String number(String name, long value) {
        return "initializer { name: '" + name + "' data_type: 7 int64_data: " + value + " }\n";
    }
}
