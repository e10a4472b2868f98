package dev.graft.runtime.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.graft.io.Progress;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyBenchmarkTest {
    @TempDir
    Path folder;

    @Test
    void everyContenderRunsEveryRoundAndTimesAreCountedAfterWarmUp() {
        Path model = TinyModel.create()
                .input("x", DType.FLOAT32.onnxNumber(), "n")
                .node("Exp", List.of("x"), "y")
                .output("y", DType.FLOAT32.onnxNumber(), "n")
                .write(folder.resolve("model.onnx"));
        Map<String, HostTensor> inputs = Map.of("x", HostTensor.ofFloats(Shape.of(2), 1, 2));
        try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT)) {
            List<Contender> contenders = List.of(
                    new Contender("one", session, inputs, List.of()), new Contender("two", session, inputs, List.of()));

            LatencyReport report = new LatencyBenchmark(3, 10).measure(contenders, Progress.NONE);

            assertThat(report.rows()).extracting(LatencyReport.Row::name).containsExactly("one", "two");
            assertThat(report.rows()).extracting(LatencyReport.Row::rounds).containsExactly(10, 10);
            assertThat(report.rows()).allSatisfy(row -> {
                assertThat(row.minimum()).isPositive().isLessThanOrEqualTo(row.median());
                assertThat(row.median()).isLessThanOrEqualTo(row.percentile99());
            });
        }
    }

    @Test
    void nothingToMeasureIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LatencyBenchmark(1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LatencyBenchmark(1, 1).measure(List.of(), Progress.NONE));
    }
}
