package dev.graft.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.training.run.checkpoint.AdapterWriter;
import dev.graft.training.run.plan.AdamW;
import dev.graft.training.run.plan.OutputPlan;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.plan.Start;
import dev.graft.training.run.plan.UpdatePlan;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.run.report.RunResult.Stopped;
import dev.graft.training.run.report.TrainerLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are asked to stop, and go on. */
class ResumeTest {
    private static final int MICRO_BATCHES = 44;

    @TempDir
    Path folder;

    @Test
    void aRunThatIsStoppedBehindEachMicroBatchEndsAsOneThatNeverWas() throws IOException {
        Path whole = folder.resolve("whole");
        RunResult expected = Runs.trainer(Runs.engine(), whole, Start.NEW).run(List.of(), () -> false);
        Path pieces = folder.resolve("pieces");

        int runs = 0;
        RunResult result;
        do {
            result = Runs.trainer(Runs.engine(), pieces, Start.RESUME).run(List.of(), afterCalls(2));
            runs++;
        } while (result.stopped() == Stopped.INTERRUPTED && runs < 1000);

        // each process gets one micro-batch further, so all positions within an accumulation are gone through
        assertThat(runs).isGreaterThan(MICRO_BATCHES / 2);
        assertThat(pieces.resolve(Runs.ADAPTER)).hasSameBinaryContentAs(whole.resolve(Runs.ADAPTER));
        assertThat(result.trainLoss()).isEqualTo(expected.trainLoss());
        assertThat(result.evalLoss()).isEqualTo(expected.evalLoss());
        assertThat(result.bestStep()).isEqualTo(expected.bestStep());
        assertThat(linesWithoutTimes(pieces)).isEqualTo(linesWithoutTimes(whole));
    }

    @Test
    void aStopWithinAnAccumulationSavesThatMicroBatch() {
        Recorder recorder = new Recorder();

        RunResult result = Runs.trainer(Runs.engine(), folder, Start.NEW).run(List.of(recorder), afterCalls(6));

        // asked at the begin of each update and behind all its micro-batches but the last
        assertThat(result.stopped()).isEqualTo(Stopped.INTERRUPTED);
        assertThat(recorder.saved).containsExactly("checkpoint-1-micro-2");
        assertThat(folder.resolve("checkpoint-1-micro-2")).isDirectoryContaining("glob:**/" + Runs.ADAPTER);
        assertThat(folder.resolve(Runs.ADAPTER)).doesNotExist();
        assertThat(folder.resolve(RunFolder.RESULTS)).doesNotExist();
    }

    @Test
    void aRunThatIsDoneIsNotDoneAgain() {
        RunResult first = Runs.trainer(Runs.engine(), folder, Start.NEW).run(List.of(), () -> false);
        Recorder recorder = new Recorder();

        RunResult second = Runs.trainer(Runs.engine(), folder, Start.RESUME).run(List.of(recorder), () -> false);

        assertThat(recorder.steps).isEmpty();
        assertThat(recorder.starts.get(0).resumedFrom())
                .hasValueSatisfying(path -> assertThat(path).hasFileName("checkpoint-16"));
        assertThat(second.trainLoss()).isEqualTo(first.trainLoss());
        assertThat(second.evalLoss()).isEqualTo(first.evalLoss());
        assertThat(folder.resolve(RunFolder.RESULTS)).content().contains("\"stopped\": \"completed\"");
    }

    @Test
    void otherSettingsAreRefusedByName() {
        Runs.trainer(Runs.engine(), folder, Start.NEW).run(List.of(), afterCalls(6));
        RunPlan plan = Runs.plan(Runs.output(folder, Start.RESUME));
        UpdatePlan updates = plan.updates();
        UpdatePlan faster = new UpdatePlan(
                updates.length(), 4, AdamW.ofLearningRate(0.06).withWeightDecay(0.01), updates.schedule(), 7);
        RunPlan other = new RunPlan(plan.task(), faster, plan.evaluation(), plan.output(), Map.of("model", "another"));

        assertThatThrownBy(() ->
                        new Trainer(Runs.engine(), other, Runs.data(), AdapterWriter.NONE).run(List.of(), () -> false))
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.CHECKPOINT_INVALID);
                    assertThat(error.remedy()).contains("Resume with the settings and files that the run began with");
                })
                .hasMessage("the checkpoint was made with gradient_accumulation_steps 3, this run has 4; with "
                        + "learning_rate 0.05, this run has 0.06; with model linear, this run has another");
    }

    @Test
    void loggingAndSavingMayChange() {
        Runs.trainer(Runs.engine(), folder, Start.NEW).run(List.of(), afterCalls(6));
        OutputPlan output = new OutputPlan(
                folder,
                Start.RESUME,
                dev.graft.training.run.plan.Cadence.everySteps(1),
                dev.graft.training.run.plan.Cadence.NEVER,
                0,
                false);

        RunResult result =
                new Trainer(Runs.engine(), Runs.plan(output), Runs.data(), Runs.adapter()).run(List.of(), () -> false);

        assertThat(result.stopped()).isEqualTo(Stopped.COMPLETED);
    }

    @Test
    void aFolderWithAnotherRunIsRefusedOrReplaced() throws IOException {
        Runs.trainer(Runs.engine(), folder, Start.NEW).run(List.of(), () -> false);
        byte[] adapter = Files.readAllBytes(folder.resolve(Runs.ADAPTER));

        assertThatThrownBy(() -> Runs.trainer(Runs.engine(), folder, Start.NEW).run(List.of(), () -> false))
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.OUTPUT_EXISTS))
                .hasMessage("the output folder holds another run");
        Recorder recorder = new Recorder();
        Runs.trainer(Runs.engine(), folder, Start.OVERWRITE).run(List.of(recorder), () -> false);

        assertThat(recorder.steps).hasSize(16);
        assertThat(folder.resolve(Runs.ADAPTER)).hasBinaryContent(adapter);
        assertThat(linesWithoutTimes(folder))
                .filteredOn(line -> line.contains("\"current_steps\":2,"))
                .hasSize(1);
    }

    @Test
    void twoProcessesCannotWorkInOneFolder() {
        assertThatThrownBy(() -> Runs.trainer(Runs.engine(), folder, Start.NEW).run(List.of(), () -> {
                    Runs.trainer(Runs.engine(), folder, Start.RESUME).run(List.of(), () -> false);
                    return false;
                }))
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.OUTPUT_BUSY));
    }

    /** True from the n-th call on. */
    private static BooleanSupplier afterCalls(int n) {
        int[] calls = {0};
        return () -> ++calls[0] >= n;
    }

    private static List<String> linesWithoutTimes(Path run) throws IOException {
        try (Stream<String> lines = Files.lines(run.resolve(TrainerLog.NAME))) {
            return lines.map(line -> line.replaceAll("\"(elapsed_time|remaining_time)\":\"[^\"]*\"", ""))
                    .map(line -> line.replaceAll("\"throughput\":[^,}]*", ""))
                    .toList();
        }
    }
}
