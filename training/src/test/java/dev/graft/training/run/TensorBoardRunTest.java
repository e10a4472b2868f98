package dev.graft.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.OutputPlan;
import dev.graft.training.run.plan.Start;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files are written where they are asked for. */
class TensorBoardRunTest {
    @TempDir
    Path folder;

    @Test
    void aRunThatAsksForEventFilesHasTagsOfTrainingAndEvaluation() throws IOException {
        run(Start.NEW, true);

        try (var files = Files.list(folder.resolve("runs"))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            assertThat(Files.readString(all.get(0), StandardCharsets.ISO_8859_1))
                    .contains(
                            "brain.Event:2",
                            "train/loss",
                            "train/learning_rate",
                            "train/grad_norm",
                            "eval/loss",
                            "eval/accuracy");
        }
    }

    @Test
    void aRunThatDoesNotHasNone() {
        run(Start.NEW, false);

        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void anOverwrittenRunsEventFilesGo() throws IOException {
        run(Start.NEW, true);
        Path foreign = Files.writeString(folder.resolve("runs/events.out.tfevents.1.host.2.0"), "somebody else's");

        run(Start.OVERWRITE, false);

        try (var files = Files.list(folder.resolve("runs"))) {
            assertThat(files).containsExactly(foreign);
        }
    }

    private void run(Start start, boolean tensorBoard) {
        OutputPlan output = new OutputPlan(folder, start, Cadence.everySteps(1), Cadence.NEVER, 1, tensorBoard);
        new Trainer(Runs.engine(), Runs.plan(output), Runs.data(), Runs.adapter()).run(List.of(), () -> false);
    }
}
