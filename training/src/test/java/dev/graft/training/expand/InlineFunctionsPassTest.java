package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InlineFunctionsPassTest {
    private static final String OPSETS = "opset_import { version: 17 } opset_import { domain: 'local' version: 1 }\n";
    private static final Map<String, HostTensor> INPUTS =
            Map.of("x", HostTensor.ofFloats(Shape.of(4), -2, -0.5f, 1, 3));

    @TempDir
    Path folder;

    /** Two calls of one function, which calls another; attributes that are given, left out and defaulted; a name that both graphs have. */
    private static String nested() {
        return OPSETS + "graph { name: 'g' " + TextModels.floats("input", "x", 4)
                + TextModels.floats("output", "y", 4) + TextModels.floats("output", "z", 4)
                + """
                node { op_type: 'Outer' domain: 'local' name: 'first' input: 'x' output: 'inner'
                       attribute { name: 'slope' type: FLOAT f: 0.25 } }
                node { op_type: 'Outer' domain: 'local' name: 'second' input: 'inner' output: 'y'
                       attribute { name: 'slope' type: FLOAT f: 0.5 } attribute { name: 'limit' type: FLOAT f: 0.1 } }
                node { op_type: 'Same' domain: 'local' input: 'x' output: 'z' }
                }
                functions { name: 'Outer' domain: 'local' input: 'a' output: 'out' attribute: 'slope'
                       attribute_proto { name: 'limit' type: FLOAT f: 3 } opset_import { version: 17 }
                       opset_import { domain: 'local' version: 1 }
                       node { op_type: 'Leaky' domain: 'local' input: 'a' output: 'inner'
                              attribute { name: 'slope' type: FLOAT ref_attr_name: 'slope' } }
                       node { op_type: 'Elu' name: 'first' input: 'inner' output: 'elu'
                              attribute { name: 'alpha' type: FLOAT ref_attr_name: 'limit' } }
                       node { op_type: 'LeakyRelu' input: 'elu' output: 'out'
                              attribute { name: 'alpha' type: FLOAT ref_attr_name: 'absent' } } }
                functions { name: 'Leaky' domain: 'local' input: 'a' input: 'unused' output: 'inner' attribute: 'slope'
                       opset_import { version: 17 }
                       node { op_type: 'LeakyRelu' input: 'a' output: 'inner'
                              attribute { name: 'alpha' type: FLOAT ref_attr_name: 'slope' } } }
                functions { name: 'Same' domain: 'local' input: 'a' output: 'a' opset_import { version: 17 } }
                """;
    }

    @Test
    void nestedCallsGiveWhatTheirFunctionsGive() {
        // y: ELU and leaky ReLU, worked out by hand: x = -2 -> leaky 0.25: -0.5 -> elu 3: 3(e^-0.5 - 1) -> leaky 0.01
        OnnxModel model = inlined(nested());

        assertThat(model.functions()).isEmpty();
        assertThat(Runs.operators(model))
                .containsExactly("LeakyRelu", "Elu", "LeakyRelu", "LeakyRelu", "Elu", "LeakyRelu", "Identity");
        double first = 0.01 * 3 * Math.expm1(-0.5);
        double second = 0.01 * 0.1 * Math.expm1(0.5 * first);
        Map<String, HostTensor> outputs = Runs.run(model, INPUTS, true);
        assertThat(outputs.get("y").toDoubles()[0]).isCloseTo(second, org.assertj.core.api.Assertions.within(1e-8));
        assertThat(outputs.get("y").toDoubles()[3]).isEqualTo(3);
        assertThat(outputs.get("z").toDoubles()).containsExactly(-2, -0.5, 1, 3);
    }

    @Test
    void aBranchReadsTheCallsValues() {
        String text = OPSETS + "graph { name: 'g' " + TextModels.floats("input", "x", 4)
                + TextModels.floats("output", "y", 4)
                + """
                node { op_type: 'Choose' domain: 'local' name: 'call' input: 'x' output: 'y'
                       attribute { name: 'flag' type: INT i: 1 } }
                }
                functions { name: 'Choose' domain: 'local' input: 'a' output: 'out' attribute: 'flag'
                       opset_import { version: 17 }
                       node { op_type: 'Constant' output: 'number' attribute { name: 'value_int' type: INT ref_attr_name: 'flag' } }
                       node { op_type: 'Cast' input: 'number' output: 'condition' attribute { name: 'to' type: INT i: 9 } }
                       node { op_type: 'Neg' input: 'a' output: 'negative' }
                       node { op_type: 'If' input: 'condition' output: 'out'
                          attribute { name: 'then_branch' type: GRAPH g { name: 't' output { name: 'inner' }
                             node { op_type: 'Add' input: 'negative' input: 'negative' output: 'inner' } } }
                          attribute { name: 'else_branch' type: GRAPH g { name: 'e' output { name: 'inner' }
                             node { op_type: 'Identity' input: 'a' output: 'inner' } } } } }
                """;
        OnnxModel original = TextModels.read(folder, text);
        Map<String, HostTensor> expected = Runs.run(original, INPUTS, false);

        OnnxModel model = inlined(text);

        assertThat(expected.get("y").toDoubles()).containsExactly(4, 1, -2, -6);
        Runs.assertSame(Runs.run(model, INPUTS, true), expected, 0);
    }

    @Test
    void aFunctionThatCallsItselfIsRefused() {
        assertRefused(
                () -> OPSETS + "graph { name: 'g' " + TextModels.floats("input", "x", 4)
                        + TextModels.floats("output", "y", 4)
                        + """
                        node { op_type: 'Round' domain: 'local' name: 'call' input: 'x' output: 'y' } }
                        functions { name: 'Round' domain: 'local' input: 'a' output: 'b'
                           opset_import { version: 17 } opset_import { domain: 'local' version: 1 }
                           node { op_type: 'Round' domain: 'local' name: 'again' input: 'a' output: 'b' } }
                        """,
                ErrorCode.ONNX_MALFORMED,
                "the function Round calls itself");
    }

    @Test
    void aFunctionOfAnotherOperatorSetIsRefused() {
        assertRefused(
                () -> OPSETS + "graph { name: 'g' " + TextModels.floats("input", "x", 4)
                        + TextModels.floats("output", "y", 4)
                        + """
                        node { op_type: 'Old' domain: 'local' name: 'call' input: 'x' output: 'y' } }
                        functions { name: 'Old' domain: 'local' input: 'a' output: 'b' opset_import { version: 11 }
                           node { op_type: 'Neg' input: 'a' output: 'b' } }
                        """,
                ErrorCode.ONNX_UNSUPPORTED,
                "the function Old is written in operator set 11 of '', the model in 17");
    }

    @Test
    void functionsThatDoubleWithEveryLevelAreRefused() {
        StringBuilder text = new StringBuilder(OPSETS + "graph { name: 'g' " + TextModels.floats("input", "x", 4)
                + TextModels.floats("output", "y", 4)
                + "node { op_type: 'F0' domain: 'local' input: 'x' output: 'y' } }\n");
        for (int i = 0; i < 40; i++) {
            String next = i == 39 ? "op_type: 'Neg'" : "op_type: 'F" + (i + 1) + "' domain: 'local'";
            text.append("functions { name: 'F" + i
                    + "' domain: 'local' input: 'a' output: 'c' opset_import { version: 17 } "
                    + "opset_import { domain: 'local' version: 1 } node { " + next
                    + " input: 'a' output: 'b' } node { " + next + " input: 'b' output: 'c' } }\n");
        }
        assertRefused(text::toString, ErrorCode.ONNX_MALFORMED, "its functions expand to more than 250000 nodes");
    }

    private OnnxModel inlined(String text) {
        OnnxModel model = TextModels.read(folder, text);
        new PassPipeline(new InlineFunctionsPass()).run(model);
        return model;
    }

    private void assertRefused(Supplier<String> text, ErrorCode code, String message) {
        assertThatThrownBy(() -> inlined(text.get()))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
