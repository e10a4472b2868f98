package dev.graft.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.training.run.checkpoint.AdapterWriter;
import dev.graft.training.run.plan.Start;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.run.report.RunStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they train, at moments that nobody chose. */
class KilledRunTest {
    private static final int KILLS = 10;
    private static final int HALTED = 9;
    private static final int LONGEST_MILLIS = 500;
    private static final int MICRO_BATCH_MILLIS = 30;

    @TempDir
    Path folder;

    @Test
    void aRunThatIsKilledAgainAndAgainEndsWithTheBytesOfOneThatWasNot() throws Exception {
        Path whole = folder.resolve("whole");
        Runs.trainer(Runs.engine(), whole, Start.NEW).run(List.of(), () -> false);
        Path killed = folder.resolve("killed");
        Random random = new Random(11);

        for (int kill = 0; kill < KILLS; kill++) {
            Process process = start(killed, 0);
            assertThat(process.getInputStream().read()).isEqualTo('.');
            TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_MILLIS));
            process.destroyForcibly().waitFor();
            assertCheckpointsWhole(killed);
        }
        Runs.trainer(Runs.engine(), killed, Start.RESUME).run(List.of(), () -> false);

        assertThat(killed.resolve(Runs.ADAPTER)).hasSameBinaryContentAs(whole.resolve(Runs.ADAPTER));
        assertThat(names(killed)).isEqualTo(names(whole));
    }

    @Test
    void aProcessThatDiesWithinACheckpointLeavesNone() throws Exception {
        Path whole = folder.resolve("whole");
        Runs.trainer(Runs.engine(), whole, Start.NEW).run(List.of(), () -> false);
        Path killed = folder.resolve("killed");

        for (int save = 1; save <= 2; save++) {
            assertThat(start(killed, save).waitFor()).isEqualTo(HALTED);
            // the first dies in checkpoint-2; the second writes that one whole and dies in checkpoint-3, the first best
            // one
            assertThat(names(killed)).contains(".graft-checkpoint-" + (save + 1) + ".new");
            assertCheckpointsWhole(killed);
        }
        Runs.trainer(Runs.engine(), killed, Start.RESUME).run(List.of(), () -> false);

        assertThat(killed.resolve(Runs.ADAPTER)).hasSameBinaryContentAs(whole.resolve(Runs.ADAPTER));
        assertThat(names(killed)).isEqualTo(names(whole));
    }

    private static void assertCheckpointsWhole(Path run) throws IOException {
        for (String name : names(run)) {
            if (name.startsWith("checkpoint-")) {
                assertThat(names(run.resolve(name)))
                        .as(name)
                        .containsExactly(Runs.ADAPTER, "engine.safetensors", "state.json");
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static Process start(Path run, int dyingSave) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledRunTest.class.getName(),
                        run.toString(),
                        Integer.toString(dyingSave))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Trains slowly, saying when it begins; dies while it writes the n-th adapter. */
    public static void main(String[] arguments) {
        RunListener begun = new RunListener() {
            @Override
            public void started(RunStart start) {
                System.out.print('.');
                System.out.flush();
            }
        };
        int dyingSave = Integer.parseInt(arguments[1]);
        int[] saves = {0};
        AdapterWriter adapter = (folder, parameters) -> {
            if (++saves[0] == dyingSave) {
                Runtime.getRuntime().halt(HALTED);
            }
            Runs.adapter().write(folder, parameters);
        };
        Trainer trainer = Runs.trainer(Runs.engine(), Path.of(arguments[0]), Start.RESUME);
        new Trainer(trainer.engine(), trainer.plan(), trainer.data(), adapter).run(List.of(begun), () -> {
            try {
                Thread.sleep(MICRO_BATCH_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return false;
        });
    }
}
