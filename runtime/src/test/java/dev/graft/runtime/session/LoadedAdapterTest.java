package dev.graft.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** y = x + (x·A)·B, with A and B that adapters set; A and B of rank r are all ones, so y = x + r·sum(x). */
class LoadedAdapterTest {
    private static final String A = "q_proj.lora_A.weight";
    private static final String B = "q_proj.lora_B.weight";
    private static final Map<String, HostTensor> X = Map.of("x", HostTensor.ofFloats(Shape.of(1, 2), 1, 2));

    @TempDir
    Path folder;

    @Test
    void adaptersOfAnyRankSwitch() {
        try (ModelSession session = open();
                LoadedAdapter one = session.loadAdapter(rank(1));
                LoadedAdapter eight = session.loadAdapter(rank(8))) {
            assertThat(session.run(X).get("y").toDoubles()).containsExactly(1, 2);
            assertThat(session.run(X, List.of(one)).get("y").toDoubles()).containsExactly(4, 5);
            assertThat(session.run(X, List.of(eight)).get("y").toDoubles()).containsExactly(25, 26);
            assertThat(session.run(X).get("y").toDoubles()).containsExactly(1, 2);
            assertThat(eight.parameters())
                    .hasToString("[q_proj.lora_A.weight: float32 [2, 8], q_proj.lora_B.weight: float32 [8, 2]]");
        }
    }

    @Test
    void twoAdaptersOfTheSameTargetAreRefused() {
        try (ModelSession session = open()) {
            List<LoadedAdapter> both = List.of(session.loadAdapter(rank(1)), session.loadAdapter(rank(2)));

            assertThat(failure(() -> session.run(X, both)).code()).isEqualTo(ErrorCode.ADAPTERS_CONFLICT);
        }
    }

    @Test
    void tensorsThatTheModelCannotTakeAreRefused() {
        try (ModelSession session = open()) {
            GraftException unknown =
                    failure(() -> session.loadAdapter(write("unknown", ones("k_proj.lora_A.weight", 2, 1))));
            GraftException input = failure(() -> session.loadAdapter(write("input", ones("x", 1, 2))));
            GraftException lone = failure(() -> session.loadAdapter(write("lone", ones(B, 1, 2))));
            GraftException ranks = failure(() -> session.loadAdapter(write("ranks", ones(A, 2, 3), ones(B, 1, 2))));
            GraftException shape = failure(() -> session.loadAdapter(write("shape", ones(A, 3, 1), ones(B, 1, 2))));

            assertThat(unknown.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
            assertThat(unknown)
                    .hasMessage(
                            "the adapter holds a tensor that the model has no place for; the model's overridable inputs are "
                                    + "'q_proj.lora_A.weight', 'q_proj.lora_B.weight' (model: attached.onnx)");
            assertThat(unknown.location().tensor()).isEqualTo("k_proj.lora_A.weight");
            assertThat(input).hasMessageContaining("it would silently replace what is fed");
            assertThat(lone).hasMessage("the adapter holds this factor without its other half 'q_proj.lora_A.weight'");
            assertThat(ranks).hasMessage("A is [2, 3] and B is [1, 2]: their ranks differ");
            assertThat(shape.code()).isEqualTo(ErrorCode.TARGET_SHAPE_MISMATCH);
            assertThat(shape).hasMessage("expected shape [2, r], got [3, 1]");
        }
    }

    @Test
    void anotherTypeIsRefused() {
        Tensor half = Tensor.ofDoubles(A, DType.FLOAT16, Shape.of(2, 1), 1, 1);

        try (ModelSession session = open()) {
            assertThat(failure(() -> session.loadAdapter(write("half", half, ones(B, 1, 2)))))
                    .hasMessage("expected float32, which the model computes in, got float16");
        }
    }

    @Test
    void initializersThatAreNotOverridableAreConstants() {
        for (long irVersion : new long[] {3, 8}) {
            Path model = model(TinyModel.ofIrVersion(irVersion), irVersion == 3);
            try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT)) {
                assertThat(session.overridableInputs()).isEmpty();
                assertThat(failure(() -> session.loadAdapter(rank(1))))
                        .hasMessageContaining("the model has no overridable inputs");
            }
        }
    }

    @Test
    void runsOnManyThreadsKeepTheirAdapterWhileOthersCloseThem() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ModelSession session = open()) {
            List<Future<?>> runs = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int rank = 1 + thread;
                Path file = rank(rank);
                runs.add(threads.submit(() -> {
                    for (int i = 0; i < 200; i++) {
                        try (LoadedAdapter adapter = session.loadAdapter(file);
                                PreparedRun run = session.prepare(X, List.of(adapter))) {
                            adapter.close();
                            assertThat(run.run().get("y").toDoubles()).containsExactly(1 + 3 * rank, 2 + 3 * rank);
                        }
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aRunThatHasBegunKeepsAnAdapterThatIsClosed() {
        try (ModelSession session = open()) {
            LoadedAdapter adapter = session.loadAdapter(rank(2));
            HostTensor expected = session.run(X, List.of(adapter)).get("y");

            try (PreparedRun run = session.prepare(X, List.of(adapter))) {
                adapter.close();

                assertThat(run.run().get("y")).isEqualTo(expected);
                assertThatIllegalStateException()
                        .isThrownBy(() -> session.run(X, List.of(adapter)))
                        .withMessage("the adapter rank2.onnx_adapter is closed");
            }
        }
    }

    @Test
    void tensorsInMemoryAreAnAdapterToo() {
        try (ModelSession session = open()) {
            LoadedAdapter adapter = session.loadAdapter("made", null, List.of(ones(A, 2, 3), ones(B, 3, 2)));

            assertThat(session.run(X, List.of(adapter)).get("y").toDoubles()).containsExactly(10, 11);
            assertThat(adapter.name()).isEqualTo("made");
            assertThat(adapter.file()).isNull();
            assertThat(adapter.bytes()).isEqualTo(12 * Float.BYTES);
            assertThat(failure(() -> session.loadAdapter("made", null, List.of(ones(A, 2, 3)))))
                    .hasMessageContaining("without its other half");
        }
    }

    @Test
    void aSharedAdapterStaysUntilItsLastHolderClosesIt() {
        try (ModelSession session = open()) {
            LoadedAdapter adapter = session.loadAdapter(rank(2));
            LoadedAdapter shared = adapter.share();
            adapter.close();

            assertThat(session.run(X, List.of(shared)).get("y").toDoubles()).containsExactly(7, 8);
            assertThatIllegalStateException()
                    .isThrownBy(adapter::share)
                    .withMessage("the adapter rank2.onnx_adapter is closed");
            shared.close();
            assertThatIllegalStateException().isThrownBy(() -> session.run(X, List.of(shared)));
        }
    }

    @Test
    void closingASessionClosesItsAdapters() {
        ModelSession session = open();
        LoadedAdapter adapter = session.loadAdapter(rank(2));

        session.close();

        assertThat(adapter.lifetime().isClosed()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> session.loadAdapter(rank(2)));
    }

    @Test
    void anAdapterOfAnotherSessionIsRefused() {
        try (ModelSession one = open();
                ModelSession other = open()) {
            LoadedAdapter adapter = one.loadAdapter(rank(2));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> other.run(X, List.of(adapter)))
                    .withMessage("rank2.onnx_adapter was loaded by another session");
        }
    }

    @Test
    void overridableInputsAreReadFromTheFile() {
        try (ModelSession session = open()) {
            assertThat(session.overridableInputs().get(A))
                    .hasToString("OverridableInput[value=q_proj.lora_A.weight: float32 [2, r], standard=[2, 0]]");
            assertThat(session.inputs()).hasToString("[x: float32 [n, 2]]");
        }
    }

    private ModelSession open() {
        return ModelSession.open(model(TinyModel.create(), true), SessionSettings.DEFAULT);
    }

    private Path model(TinyModel model, boolean overridable) {
        model.input("x", DType.FLOAT32.onnxNumber(), "n", 2);
        if (overridable) {
            model.input(A, DType.FLOAT32.onnxNumber(), 2, "r").input(B, DType.FLOAT32.onnxNumber(), "r", 2);
        }
        return model.initializer(ones(A, 2, 0))
                .initializer(ones(B, 0, 2))
                .node("MatMul", List.of("x", A), "xa")
                .node("MatMul", List.of("xa", B), "xab")
                .node("Add", List.of("x", "xab"), "y")
                .output("y", DType.FLOAT32.onnxNumber(), "n", 2)
                .write(folder.resolve("attached.onnx"));
    }

    private Path rank(int rank) {
        return write("rank" + rank, ones(A, 2, rank), ones(B, rank, 2));
    }

    private Path write(String name, Tensor... tensors) {
        Path file = folder.resolve(name + ".onnx_adapter");
        OnnxAdapterWriter.write(file, List.of(tensors));
        return file;
    }

    private static Tensor ones(String name, int rows, int columns) {
        float[] values = new float[rows * columns];
        Arrays.fill(values, 1);
        return Tensor.ofFloats(name, Shape.of(rows, columns), values);
    }

    private static GraftException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(GraftException.class, call);
    }
}
