package dev.graft.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.Shape;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters that others wrote, each made for one of the silent failures of ONNX Runtime's adapter API: refused, or right. */
class ForeignAdapterTest {
    private static final Map<String, HostTensor> X = Map.of("x", HostTensor.ofFloats(Shape.of(1, 4), 1, 2, 3, 4));

    @Test
    void ranksSwitchInOneSessionAndBackToTheBase() {
        try (ModelSession session = open("m0.onnx")) {
            HostTensor base = session.run(X).get("y");
            LoadedAdapter two = session.loadAdapter(file("r2.onnx_adapter"));
            LoadedAdapter three = session.loadAdapter(file("r3.onnx_adapter"));
            HostTensor withTwo = session.run(X, List.of(two)).get("y");
            HostTensor withThree = session.run(X, List.of(three)).get("y");

            for (int i = 0; i < 50; i++) {
                assertThat(session.run(X).get("y")).isEqualTo(base);
                assertThat(session.run(X, List.of(two)).get("y"))
                        .isEqualTo(withTwo)
                        .isNotEqualTo(base);
                assertThat(session.run(X, List.of(three)).get("y"))
                        .isEqualTo(withThree)
                        .isNotEqualTo(withTwo);
            }
        }
    }

    @Test
    void anAdapterWithoutTensorsOrWithRankZeroIsTheBase() {
        try (ModelSession session = open("m0.onnx")) {
            HostTensor base = session.run(X).get("y");

            assertThat(session.run(X, List.of(session.loadAdapter(file("empty.onnx_adapter"))))
                            .get("y"))
                    .isEqualTo(base);
            assertThat(session.run(X, List.of(session.loadAdapter(file("r0.onnx_adapter"))))
                            .get("y"))
                    .isEqualTo(base);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            m0.onnx    | xin.onnx_adapter    | TARGET_NOT_FOUND        | would silently replace what is fed
            m0.onnx    | extra.onnx_adapter  | TARGET_NOT_FOUND        | has no place for; the model's overridable inputs are 'lora_A', 'lora_B'
            m0.onnx    | constw.onnx_adapter | TARGET_NOT_FOUND        | has no place for
            m_noin.onnx| r2.onnx_adapter     | TARGET_NOT_FOUND        | the model has no overridable inputs
            m_ir3.onnx | r2.onnx_adapter     | TARGET_NOT_FOUND        | the model has no overridable inputs
            m_req.onnx | r2.onnx_adapter     | TARGET_NOT_FOUND        | an input that every run must feed
            m0.onnx    | f16.onnx_adapter    | ADAPTER_TENSORS_INVALID | expected float32, which the model computes in, got float16
            m_r2.onnx  | r3.onnx_adapter     | TARGET_SHAPE_MISMATCH   | expected shape [4, 2], got [4, 3]
            m0.onnx    | onlyA.onnx_adapter  | ADAPTER_TENSORS_INVALID | without its other half 'lora_B'
            m0.onnx    | onlyB.onnx_adapter  | ADAPTER_TENSORS_INVALID | without its other half 'lora_A'
            m0.onnx    | trunc.onnx_adapter  | ONNX_ADAPTER_MALFORMED  | ''
            m0.onnx    | bad.onnx_adapter    | ONNX_ADAPTER_MALFORMED  | ''
            """)
    void anAdapterThatDoesNotFitIsRefusedWhenItIsLoaded(String model, String adapter, ErrorCode code, String message) {
        try (ModelSession session = open(model)) {
            GraftException error = failure(() -> session.loadAdapter(file(adapter)));

            assertThat(error.code()).isEqualTo(code);
            assertThat(error).hasMessageContaining(message);
            assertThat(error.location().file()).isEqualTo(file(adapter));
        }
    }

    @Test
    void twoAdaptersForTheSameTensorsAreRefused() {
        try (ModelSession session = open("m0.onnx")) {
            List<LoadedAdapter> both =
                    List.of(session.loadAdapter(file("r2.onnx_adapter")), session.loadAdapter(file("r3.onnx_adapter")));

            GraftException error = failure(() -> session.run(X, both));

            assertThat(error.code()).isEqualTo(ErrorCode.ADAPTERS_CONFLICT);
            assertThat(error)
                    .hasMessage(
                            "'r2.onnx_adapter' and 'r3.onnx_adapter' both set this tensor, and ONNX Runtime would take one of them, "
                                    + "not the sum");
        }
    }

    @Test
    void aDefaultOfRankTwoIsReplacedByRankThree() {
        try (ModelSession dynamic = open("m_dyn2.onnx");
                ModelSession zero = open("m0.onnx")) {
            HostTensor expected = zero.run(X, List.of(zero.loadAdapter(file("r3.onnx_adapter"))))
                    .get("y");

            assertThat(dynamic.run(X, List.of(dynamic.loadAdapter(file("r3.onnx_adapter"))))
                            .get("y"))
                    .isEqualTo(expected);
        }
    }

    @Test
    void anOverridableInitializerCannotBeFedAsAnInput() {
        try (ModelSession session = open("m0.onnx")) {
            Map<String, HostTensor> both =
                    Map.of("x", X.get("x"), "lora_A", HostTensor.ofFloats(Shape.of(4, 1), 1, 1, 1, 1));

            assertThat(failure(() -> session.run(both))).hasMessage("the model has no input 'lora_A'");
        }
    }

    @Test
    void theOfficialExampleOfOnnxRuntimeLoads() {
        Path model = Shared.path("conformance/ort_multilora/two_params_lora_model.onnx");
        try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT)) {
            LoadedAdapter adapter =
                    session.loadAdapter(Shared.path("conformance/ort_multilora/two_params_lora_model.onnx_adapter"));

            assertThat(adapter.parameters())
                    .extracting(AdapterParameter::name)
                    .containsExactlyInAnyOrder("lora_param_a", "lora_param_b");
        }
    }

    private static ModelSession open(String model) {
        return ModelSession.open(file(model), SessionSettings.DEFAULT);
    }

    private static Path file(String name) {
        return Shared.path("conformance/onnx_adapter/" + name);
    }

    private static GraftException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(GraftException.class, call);
    }
}
