package dev.graft.training.run.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.training.run.evaluation.BestSoFar;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.LossScale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
    private static final Map<String, String> PLAN = Map.of("learning_rate", "0.1");

    @TempDir
    Path folder;

    @Test
    void everyBitReturns() {
        // -0, a subnormal, the next after 1, and a sum that no short decimal stands for
        float[] values = {-0f, Float.MIN_VALUE, Math.nextUp(1f)};
        EngineState engine = new EngineState(
                values,
                new float[] {1, 2, 3},
                new float[] {4, 5, 6},
                new float[] {7, 8, 9},
                5,
                new LossScale(32768, 12, 3));
        RunState state = new RunState(
                new Position(5, 2),
                new LossSums(0.1 + 0.2, 7, 8),
                new LossSums(Double.MIN_VALUE, 9, 10),
                new LossSums(-0.0, Long.MAX_VALUE, 12),
                new BestSoFar(OptionalDouble.of(Math.PI), OptionalLong.of(4), 3),
                OptionalDouble.of(1 / 3.0),
                12.5);

        SavedRun back = store().load(store().save(state, engine));

        assertThat(back.state()).isEqualTo(state);
        assertThat(Double.doubleToRawLongBits(back.state().run().loss())).isEqualTo(Double.doubleToRawLongBits(-0.0));
        assertThat(Float.floatToRawIntBits(back.engine().parameters()[0])).isEqualTo(Float.floatToRawIntBits(-0f));
        assertThat(back.engine()).usingRecursiveComparison().isEqualTo(engine);
        assertThat(back.checkpoint().folder()).hasFileName("checkpoint-5-micro-2");
    }

    @Test
    void theNewestIsTheFurthestNotTheLastOfTheAlphabet() {
        save(9, 0, BestSoFar.NONE);
        save(10, 0, BestSoFar.NONE);
        save(9, 3, BestSoFar.NONE);

        assertThat(names()).containsExactly("checkpoint-9", "checkpoint-9-micro-3", "checkpoint-10");
        assertThat(store().newest().orElseThrow().position()).isEqualTo(new Position(10, 0));
    }

    @Test
    void theNewestAndTheBestAreKept() {
        BestSoFar best = new BestSoFar(OptionalDouble.of(1), OptionalLong.of(2), 0);
        for (int step = 1; step <= 5; step++) {
            save(step, 0, best);
        }

        store().prune(3, best);
        assertThat(names()).containsExactly("checkpoint-2", "checkpoint-4", "checkpoint-5");
        store().prune(1, best);
        assertThat(names()).containsExactly("checkpoint-2", "checkpoint-5");
        store().prune(0, BestSoFar.NONE);
        assertThat(names()).hasSize(2);
        store().prune(1, BestSoFar.NONE);
        assertThat(names()).containsExactly("checkpoint-5");
    }

    @Test
    void foldersOfOtherProgramsAreLeftAlone() throws IOException {
        Files.createDirectories(folder.resolve("checkpoint-7"));
        Files.writeString(folder.resolve("checkpoint-7/trainer_state.json"), "{}");
        save(3, 0, BestSoFar.NONE);

        store().clear();

        assertThat(names()).isEmpty();
        assertThat(folder.resolve("checkpoint-7/trainer_state.json")).exists();
    }

    @Test
    void leftoversOfDeadProcessesAreRemoved() throws IOException {
        Files.createDirectories(folder.resolve(".graft-checkpoint-4.new/sub"));
        Files.writeString(folder.resolve(".graft-checkpoint-4.new/sub/half"), "x");
        Files.createDirectories(folder.resolve(".graft-checkpoint-2.old"));
        Files.createDirectories(folder.resolve(".graft-other.new"));

        store();

        try (var entries = Files.list(folder)) {
            assertThat(entries).containsExactly(folder.resolve(".graft-other.new"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"step\": 5 | \"step\": -5 | expected a whole number from 0 on as 'step', got a number",
                "\"step\": 5 | \"step\": 5.5 | expected a whole number from 0 on as 'step', got a number",
                "\"accumulated\": 0 | \"accumulated\": 4294967296 | expected a number below 2^31 as 'accumulated', got a number",
                "\"seconds\": | \"sekunden\": | expected a value as 'seconds', got nothing",
                "\"0x1.0p1\" | \"NaN\" | expected a finite number in hexadecimal as 'loss', got a string",
                "\"0x1.0p1\" | \"two\" | expected a finite number in hexadecimal as 'loss', got a string",
                "\"0x1.0p1\" | 2 | expected a finite number in hexadecimal as 'loss', got a number",
                "graft-run-state-3 | other-state-2 | expected graft-run-state-3 as 'format', got a string",
                "\"0.1\" | 0.1 | expected a string as 'learning_rate', got a number",
                "\"value\": null | \"value\": \"0x1p0\" | expected a step beside the value as 'step', got null",
            })
    void aDamagedStateIsRefused(String before, String after, String message) throws IOException {
        Checkpoint checkpoint = save(5, 0, BestSoFar.NONE);
        Path file = checkpoint.folder().resolve("state.json");
        String text = Files.readString(file);
        assertThat(text).contains(before);
        Files.writeString(file, text.replace(before, after));

        assertRefused(checkpoint, "the checkpoint's state is damaged: " + message);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void aCheckpointOfAnotherVersionIsRefused(int version) throws IOException {
        Checkpoint checkpoint = save(5, 0, BestSoFar.NONE);
        Path file = checkpoint.folder().resolve("state.json");
        Files.writeString(file, Files.readString(file).replace("graft-run-state-3", "graft-run-state-" + version));

        assertThatThrownBy(() -> store().load(checkpoint))
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.CHECKPOINT_INVALID);
                    assertThat(error.remedy())
                            .isEqualTo(
                                    "Finish the run with the version that began it, or begin another run in a new output folder.");
                })
                .hasMessage(
                        "the checkpoint is another version of Graft's: expected graft-run-state-3, got graft-run-state-"
                                + version);
    }

    @Test
    void anEngineOfAnotherSizeIsRefused() {
        Checkpoint checkpoint = save(5, 0, BestSoFar.NONE);
        CheckpointStore other = new CheckpointStore(folder, PLAN, 4, AdapterWriter.NONE);

        assertThatThrownBy(() -> other.load(checkpoint))
                .hasMessage(
                        "not the state of this run's engine: expected a tensor 'parameters' of float32 [4], got float32 [3]");
    }

    @Test
    void aFolderUnderAnotherNameIsRefused() throws IOException {
        Path moved = folder.resolve("checkpoint-6");
        Files.move(save(5, 0, BestSoFar.NONE).folder(), moved);

        assertRefused(
                store().newest().orElseThrow(),
                "the checkpoint contradicts itself: the folder is of step 6, its state of 5, its engine of 5");
    }

    private void assertRefused(Checkpoint checkpoint, String message) {
        assertThatThrownBy(() -> store().load(checkpoint))
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.CHECKPOINT_INVALID);
                    assertThat(error.remedy()).isEqualTo("Remove this checkpoint to go on from the one before.");
                })
                .hasMessage(message);
    }

    private Checkpoint save(long step, int accumulated, BestSoFar best) {
        RunState state = new RunState(
                new Position(step, accumulated),
                new LossSums(2, 1, 1),
                LossSums.ZERO,
                LossSums.ZERO,
                best,
                OptionalDouble.empty(),
                0);
        float[] zeros = new float[3];
        return store().save(state, new EngineState(zeros, zeros, zeros, zeros, step));
    }

    private CheckpointStore store() {
        return new CheckpointStore(folder, PLAN, 3, AdapterWriter.NONE);
    }

    private List<String> names() {
        return store().list().stream()
                .map(checkpoint -> checkpoint.folder().getFileName().toString())
                .toList();
    }
}
