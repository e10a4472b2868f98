package dev.graft.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelSessionTest {
    @TempDir
    Path folder;

    @Test
    void aModelRunsOverHostTensors() {
        try (ModelSession session = open(product())) {
            Map<String, HostTensor> outputs = session.run(Map.of("x", HostTensor.ofFloats(Shape.of(2, 2), 1, 2, 3, 4)));

            // [[1,2],[3,4]] · [[1,10],[100,1000]]
            assertThat(outputs).containsOnlyKeys("y");
            assertThat(outputs.get("y").toDoubles()).containsExactly(201, 2010, 403, 4030);
        }
    }

    @Test
    void namesInAnyAlphabetAreOpenedAndThoseThatOnnxRuntimeCannotSayAreRefused() throws IOException {
        Path model = product();
        Path plain = Files.copy(model, folder.resolve("größer 日本.onnx"));
        Path emoji = Files.copy(model, folder.resolve("🌱.onnx"));

        try (ModelSession session = open(plain)) {
            assertThat(session.outputs()).hasToString("[y: float32 [n, 2]]");
        }
        GraftException error = failure(() -> open(emoji));
        assertThat(error.code()).isEqualTo(ErrorCode.IO_FAILED);
        assertThat(error).hasMessage("ONNX Runtime cannot open a path with characters such as emoji in it");
    }

    @Test
    void inputsAndOutputsAreDescribed() {
        try (ModelSession session = open(product())) {
            assertThat(session.inputs()).hasToString("[x: float32 [n, 2]]");
            assertThat(session.outputs()).hasToString("[y: float32 [n, 2]]");
            assertThat(session.overridableInputs()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"FLOAT64", "FLOAT32", "FLOAT16", "BFLOAT16", "INT64", "INT32", "INT16", "INT8", "UINT8", "BOOL"})
    void everyTypeThatJavaCanFeedGoesThroughUnchanged(DType dtype) {
        HostTensor value = dtype.isFloat()
                ? HostTensor.ofDoubles(dtype, Shape.of(3), 0, 1, -0.5)
                : HostTensor.ofIntegers(dtype, Shape.of(3), 0, 1, 1);

        try (ModelSession session = open(identity(dtype))) {
            assertThat(session.run(Map.of("x", value)).get("y")).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UINT16", "UINT32", "UINT64"})
    void typesThatJavaCannotFeedAreRefused(DType dtype) {
        try (ModelSession session = open(identity(dtype))) {
            GraftException error = failure(() -> session.run(Map.of("x", HostTensor.zeros(dtype, Shape.of(1)))));

            assertThat(error.code()).isEqualTo(ErrorCode.INPUTS_INVALID);
            assertThat(error)
                    .hasMessage(
                            "the input 'x' is " + dtype.displayName() + ", which ONNX Runtime does not take from Java");
        }
    }

    @Test
    void emptyTensorsAreFed() {
        try (ModelSession session = open(product())) {
            assertThat(session.run(Map.of("x", HostTensor.ofFloats(Shape.of(0, 2))))
                            .get("y")
                            .shape())
                    .isEqualTo(Shape.of(0, 2));
        }
    }

    @Test
    void missingAndUnknownInputsAreNamed() {
        try (ModelSession session = open(product())) {
            GraftException error =
                    failure(() -> session.run(Map.of("input_ids", HostTensor.ofLongs(Shape.of(1, 1), 1))));

            assertThat(error.code()).isEqualTo(ErrorCode.INPUTS_INVALID);
            assertThat(error).hasMessage("no value for the input 'x'; the model has no input 'input_ids'");
            assertThat(error.remedy()).startsWith("Feed exactly: x: float32 [n, 2].");
        }
    }

    @Test
    void wrongTypesAndShapesAreNamed() {
        try (ModelSession session = open(product())) {
            assertThat(failure(() -> session.run(Map.of("x", HostTensor.ofLongs(Shape.of(1, 2), 1, 2)))))
                    .hasMessage("expected x: float32 [n, 2], got int64 [1, 2]");
            assertThat(failure(() -> session.run(Map.of("x", HostTensor.ofFloats(Shape.of(1, 3), 1, 2, 3)))))
                    .hasMessage("expected x: float32 [n, 2], got float32 [1, 3]");
            assertThat(failure(() -> session.run(Map.of("x", HostTensor.ofFloats(Shape.of(2), 1, 2)))))
                    .hasMessage("expected x: float32 [n, 2], got float32 [2]");
        }
    }

    @Test
    void whatOnnxRuntimeSaysAtARunIsSaid() {
        Path model = TinyModel.create()
                .input("ids", DType.INT64.onnxNumber(), "n")
                .initializer(Tensor.ofFloats("table", Shape.of(2, 1), 1, 2))
                .node("Gather", List.of("table", "ids"), "y")
                .output("y", DType.FLOAT32.onnxNumber(), "n", 1)
                .write(folder.resolve("gather.onnx"));

        try (ModelSession session = open(model)) {
            GraftException error = failure(() -> session.run(Map.of("ids", HostTensor.ofLongs(Shape.of(1), 7))));

            assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
            assertThat(error)
                    .hasMessageStartingWith("ONNX Runtime failed while running the model: ")
                    .hasMessageContaining("Gather")
                    .hasMessageContaining("out of data bounds");
            assertThat(error.location().file()).isEqualTo(model);
        }
    }

    @Test
    void aFileThatIsNoModelIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("model.onnx"), "not a model");

        GraftException error = failure(() -> open(file));

        assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
        assertThat(error)
                .hasMessageStartingWith("ONNX Runtime cannot load the model: ")
                .hasMessageContaining("Protobuf parsing failed");
        assertThat(error.location().file()).isEqualTo(file);
    }

    @Test
    void anUnknownOperatorIsNamed() {
        Path model = TinyModel.create()
                .input("x", DType.FLOAT32.onnxNumber(), "n")
                .node("Levitate", List.of("x"), "y")
                .output("y", DType.FLOAT32.onnxNumber(), "n")
                .write(folder.resolve("unknown.onnx"));

        assertThat(failure(() -> open(model))).hasMessageContaining("Levitate");
    }

    @Test
    void anAbsentFileIsNotFound() {
        GraftException error = failure(() -> open(folder.resolve("absent.onnx")));

        assertThat(error.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND);
        assertThat(failure(() -> open(folder))).hasMessage("expected a model file, got something else");
    }

    @Test
    void cudaIsRefusedWhereThereIsNone() {
        Path model = product();
        Assumptions.assumeThat(OrtEnvironment.getAvailableProviders()).doesNotContain(OrtProvider.CUDA);

        GraftException error = failure(() -> ModelSession.open(model, SessionSettings.DEFAULT.on(Device.cuda(0))));

        assertThat(error.code()).isEqualTo(ErrorCode.DEVICE_UNAVAILABLE);
        assertThat(error).hasMessageStartingWith("the device cuda:0 cannot be used: ");
        assertThat(error.remedy()).contains("onnxruntime_gpu");
    }

    @Test
    void threadsAndOptimisationDoNotChangeTheResult() {
        SessionSettings plain = SessionSettings.DEFAULT
                .withIntraOpThreads(1)
                .withoutOptimization()
                .with("session.disable_prepacking", "1");

        try (ModelSession session = ModelSession.open(product(), plain)) {
            assertThat(session.run(Map.of("x", HostTensor.ofFloats(Shape.of(1, 2), 1, 2)))
                            .get("y")
                            .toDoubles())
                    .containsExactly(201, 2010);
        }
    }

    @Test
    void aClosedSessionRefusesToRunAndAPreparedRunOutlivesIt() {
        ModelSession session = open(product());
        Map<String, HostTensor> inputs = Map.of("x", HostTensor.ofFloats(Shape.of(1, 2), 1, 2));

        try (PreparedRun run = session.prepare(inputs, List.of())) {
            session.close();
            session.close();

            assertThat(run.run().get("y").toDoubles()).containsExactly(201, 2010);
            run.runUnread();
            assertThatIllegalStateException()
                    .isThrownBy(() -> session.run(inputs))
                    .withMessage("the session of product.onnx is closed");
        }
    }

    private ModelSession open(Path model) {
        return ModelSession.open(model, SessionSettings.DEFAULT);
    }

    private Path product() {
        return TinyModel.create()
                .input("x", DType.FLOAT32.onnxNumber(), "n", 2)
                .initializer(Tensor.ofFloats("w", Shape.of(2, 2), 1, 10, 100, 1000))
                .node("MatMul", List.of("x", "w"), "y")
                .output("y", DType.FLOAT32.onnxNumber(), "n", 2)
                .write(folder.resolve("product.onnx"));
    }

    private Path identity(DType dtype) {
        return TinyModel.create()
                .input("x", dtype.onnxNumber(), "n")
                .node("Identity", List.of("x"), "y")
                .output("y", dtype.onnxNumber(), "n")
                .write(folder.resolve("identity.onnx"));
    }

    private static GraftException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(GraftException.class, call);
    }
}
