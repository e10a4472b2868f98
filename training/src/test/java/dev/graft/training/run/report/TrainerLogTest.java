package dev.graft.training.run.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.training.run.evaluation.EvaluationResult;
import dev.graft.training.run.plan.Metric;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerLogTest {
    @TempDir
    Path folder;

    @Test
    void aLineHasTheMembersOfLlamaFactory() throws IOException {
        try (TrainerLog log = TrainerLog.open(folder, 0)) {
            log.logged(step(10, 2.5));
            log.evaluated(new EvaluationReport(
                    10,
                    40,
                    0.75,
                    new EvaluationResult(Map.of(Metric.LOSS, 1.5, Metric.ACCURACY, 0.875), 8),
                    true,
                    new RunClock(3725.9, 11177)));
        }

        assertThat(file()).hasContent("""
                        {"current_steps":10,"total_steps":40,"loss":2.5,"lr":1.0E-4,"grad_norm":0.5,"epoch":0.75,"percentage":25.0,\
                        "elapsed_time":"1:02:05","remaining_time":"1 day, 3:06:17","throughput":1234.57,"total_tokens":5000}
                        {"current_steps":10,"total_steps":40,"eval_accuracy":0.875,"eval_loss":1.5,"epoch":0.75,"percentage":25.0,\
                        "elapsed_time":"1:02:05","remaining_time":"3:06:17"}
                        """);
    }

    @Test
    void aResumedRunDropsTheLinesThatItWillWriteAgain() throws IOException {
        try (TrainerLog log = TrainerLog.open(folder, 0)) {
            for (int step = 2; step <= 8; step += 2) {
                log.logged(step(step, step));
            }
        }
        // what a process that died while it wrote has left
        Files.write(file(), "{\"current_steps\":10,\"tot".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);

        try (TrainerLog log = TrainerLog.open(folder, 5)) {
            log.logged(step(6, 60));
        }

        assertThat(Files.readAllLines(file()))
                .extracting(line -> line.replaceAll("\\{\"current_steps\":(\\d+).*\"loss\":([0-9.]+),.*", "$1 $2"))
                .containsExactly("2 2.0", "4 4.0", "6 60.0");
    }

    @Test
    void timesAreThoseOfPythonsTimedelta() {
        // str(datetime.timedelta(seconds=n)) for each
        assertThat(List.of(
                        TrainerLog.clockTime(0),
                        TrainerLog.clockTime(59.99),
                        TrainerLog.clockTime(86_399),
                        TrainerLog.clockTime(86_400),
                        TrainerLog.clockTime(1_000_000)))
                .containsExactly("0:00:00", "0:00:59", "23:59:59", "1 day, 0:00:00", "11 days, 13:46:40");
    }

    @Test
    void thePeakIsReadWhereTheSystemTells() {
        assertThat(PeakMemory.ofStatus(List.of("VmPeak:\t  999 kB", "VmHWM:\t  204800 kB", "VmRSS:\t 1 kB")))
                .hasValue(200);
        assertThat(PeakMemory.ofStatus(List.of("Name:\tjava"))).isEmpty();
        if (Files.exists(Path.of("/proc/self/status"))) {
            assertThat(PeakMemory.megabytes().orElseThrow()).isGreaterThan(10);
        }
    }

    @Test
    void resultsLeaveOutWhatIsNotKnown() {
        RunResult result = new RunResult(
                RunResult.Stopped.EARLY_STOPPING,
                12,
                1.5,
                300,
                2.25,
                OptionalDouble.of(2.5),
                java.util.OptionalLong.of(8),
                OptionalDouble.empty());

        assertThat(dev.graft.adapter.format.json.PythonJson.write(result.toJson()))
                .isEqualTo("""
                        {
                          "stopped": "early_stopping",
                          "steps": 12,
                          "train_seconds": 1.5,
                          "tokens_per_second": 300,
                          "train_loss": 2.25,
                          "eval_loss": 2.5,
                          "best_step": 8
                        }""");
    }

    private Path file() {
        return folder.resolve(TrainerLog.NAME);
    }

    private static StepReport step(long step, double loss) {
        return new StepReport(
                step, 40, 0.75, loss, 1e-4, 0.5, 1234.567, 5000, new RunClock(3725.9, 97_577), OptionalDouble.empty());
    }
}
