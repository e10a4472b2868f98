package dev.graft.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that joins what it had with what is new, and doubles what is new. */
class StepRunTest {
    private static final int FLOAT = DType.FLOAT32.onnxNumber();

    @TempDir
    Path folder;

    private ModelSession session;

    @BeforeEach
    void open() {
        Path model = TinyModel.create()
                .input("old", FLOAT, "n")
                .input("new", FLOAT, "k")
                .node("Concat", Map.of("axis", 0L), List.of("old", "new"), "all")
                .node("Add", List.of("new", "new"), "twice")
                .output("all", FLOAT, "m")
                .output("twice", FLOAT, "k")
                .write(folder.resolve("joining.onnx"));
        session = ModelSession.open(model, SessionSettings.DEFAULT);
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void whatOneRunComputesTheNextOneTakes() {
        NativeTensor old = NativeTensor.allocate(DType.FLOAT32, Shape.of(0));
        try (StepRun run = session.steps(List.of())) {
            for (int i = 1; i <= 3; i++) {
                Map<String, NativeTensor> outputs = run.run(
                        Map.of("new", HostTensor.ofFloats(Shape.of(1), i)),
                        Map.of("old", old),
                        Set.of("all"),
                        Map.of());
                old.close();
                old = outputs.get("all");
            }
            assertThat(old.shape()).isEqualTo(Shape.of(3));
            assertThat(old.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(old.copy().toDoubles()).containsExactly(1, 2, 3);
        } finally {
            old.close();
        }
    }

    @Test
    void anOutputIsWrittenIntoMemoryThatIsGiven() {
        try (StepRun run = session.steps(List.of());
                NativeTensor old = NativeTensor.allocate(DType.FLOAT32, Shape.of(1));
                NativeTensor twice = NativeTensor.allocate(DType.FLOAT32, Shape.of(2))) {
            Map<String, NativeTensor> outputs = run.run(
                    Map.of("new", HostTensor.ofFloats(Shape.of(2), 4, -1)),
                    Map.of("old", old),
                    Set.of(),
                    Map.of("twice", twice));

            assertThat(outputs).isEmpty();
            assertThat(twice.memory().getFloat(0)).isEqualTo(8);
            assertThat(twice.memory().getFloat(4)).isEqualTo(-2);
        }
    }

    @Test
    void memoryOfAnotherShapeIsRefused() {
        try (StepRun run = session.steps(List.of());
                NativeTensor old = NativeTensor.allocate(DType.FLOAT32, Shape.of(1));
                NativeTensor twice = NativeTensor.allocate(DType.FLOAT32, Shape.of(3))) {
            GraftException error = catchThrowableOfType(
                    GraftException.class,
                    () -> run.run(
                            Map.of("new", HostTensor.ofFloats(Shape.of(2), 4, -1)),
                            Map.of("old", old),
                            Set.of(),
                            Map.of("twice", twice)));

            assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
            assertThat(error).hasMessageContaining("{2}").hasMessageContaining("{3}");
        }
    }

    @Test
    void aMissingInputIsRefused() {
        try (StepRun run = session.steps(List.of())) {
            GraftException error = catchThrowableOfType(
                    GraftException.class,
                    () -> run.run(
                            Map.of("new", HostTensor.ofFloats(Shape.of(1), 1)), Map.of(), Set.of("twice"), Map.of()));

            assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
            assertThat(error).hasMessageStartingWith("ONNX Runtime failed while running the model: ");
        }
    }

    @Test
    void whatIsClosedIsNotUsed() {
        NativeTensor old = NativeTensor.allocate(DType.FLOAT32, Shape.of(1));
        StepRun run = session.steps(List.of());
        old.close();
        old.close();
        Map<String, HostTensor> values = Map.of("new", HostTensor.ofFloats(Shape.of(1), 1));
        assertThat(catchThrowableOfType(
                        IllegalStateException.class,
                        () -> run.run(values, Map.of("old", old), Set.of("all"), Map.of())))
                .hasMessage("the tensor is closed");
        run.close();
        run.close();
        assertThat(catchThrowableOfType(
                        IllegalStateException.class, () -> run.run(values, Map.of(), Set.of("all"), Map.of())))
                .hasMessage("the run is closed");
    }

    @Test
    void aTensorLiesInADirectBufferOfItsSize() {
        assertThat(catchThrowableOfType(
                        IllegalArgumentException.class,
                        () -> NativeTensor.over(ByteBuffer.allocateDirect(7), DType.FLOAT32, Shape.of(2))))
                .hasMessage("a buffer of 7 bytes for FLOAT32 [2]");
        assertThat(catchThrowableOfType(GraftException.class, () -> NativeTensor.allocate(DType.UINT32, Shape.of(2))))
                .hasMessage("ONNX Runtime takes no uint32 from Java");
    }

    @Test
    void operationsAreReadFromTheFile() {
        assertThat(GraphNodeReader.read(session.file()))
                .containsExactly(
                        new GraphNode("Concat", List.of("old", "new"), List.of("all")),
                        new GraphNode("Add", List.of("new", "new"), List.of("twice")));
    }
}
