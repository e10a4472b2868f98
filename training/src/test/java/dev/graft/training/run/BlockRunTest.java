package dev.graft.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.testing.Fixtures;
import dev.graft.training.engine.OrtTrainingEngine;
import dev.graft.training.expand.ExpansionPasses;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.EvaluationPlan;
import dev.graft.training.run.plan.Metric;
import dev.graft.training.run.plan.OutputPlan;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.plan.Start;
import dev.graft.training.run.plan.Task;
import dev.graft.training.run.report.RunResult.Stopped;
import dev.graft.training.run.report.StepReport;
import dev.graft.training.run.report.TrainerLog;
import dev.graft.training.step.Batch;
import dev.graft.training.step.DoneUpdate;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.LossScale;
import dev.graft.training.step.PlannedUpdate;
import dev.graft.training.step.TrainingEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs over an engine that does several updates in one call, against the same runs update by update. */
class BlockRunTest {
    @TempDir
    Path folder;

    /** 16 updates of 3, 3, 3 and 2 micro-batches; evaluations every 7, checkpoints every 5. */
    @ParameterizedTest
    @CsvSource({"2, 2 2 1 2 2 1 2 2 1 1", "3, 3 2 2 3 3 1 1 1", "8, 5 2 3 4 1 1", "100, 5 2 3 4 1 1"})
    void aRunInBlocksWritesTheBytesOfOneUpdateByUpdate(int most, String expectedBlocks) throws IOException {
        Path one = folder.resolve("one");
        Path blocks = folder.resolve("blocks");
        Recorder expected = new Recorder();
        Recorder recorder = new Recorder();
        trainer(Runs.engine(), one, Start.NEW).run(List.of(expected), () -> false);
        BlockEngine engine = new BlockEngine(Runs.engine(), most);
        trainer(engine, blocks, Start.NEW).run(List.of(recorder), () -> false);

        assertThat(engine.blocks)
                .isEqualTo(Stream.of(expectedBlocks.split(" "))
                        .map(Integer::valueOf)
                        .toList());
        assertThat(withoutTimes(recorder.steps))
                .isEqualTo(withoutTimes(expected.steps))
                .hasSize(16);
        assertThat(withoutTimes(recorder.lines)).isEqualTo(withoutTimes(expected.lines));
        assertThat(recorder.saved).isEqualTo(expected.saved);
        assertThat(written(blocks)).isEqualTo(written(one)).containsKey("checkpoint-16/engine.safetensors");
    }

    @Test
    void aRunThatIsStoppedBetweenBlocksEndsAsOneThatNeverWas() throws IOException {
        Path whole = folder.resolve("whole");
        Path pieces = folder.resolve("pieces");
        trainer(Runs.engine(), whole, Start.NEW).run(List.of(), () -> false);

        int runs = 0;
        Stopped stopped;
        do {
            int[] calls = {0};
            // a process gets a block or, where it begins within an update, a micro-batch further; every other one goes
            // one by one
            TrainingEngine engine = runs % 2 == 0 ? new BlockEngine(Runs.engine(), 4) : Runs.engine();
            stopped = trainer(engine, pieces, Start.RESUME)
                    .run(List.of(), () -> ++calls[0] >= 2)
                    .stopped();
            runs++;
        } while (stopped == Stopped.INTERRUPTED && runs < 1000);

        assertThat(runs).isGreaterThan(8);
        assertThat(pieces.resolve(Runs.ADAPTER)).hasSameBinaryContentAs(whole.resolve(Runs.ADAPTER));
        assertThat(logWithoutTimes(pieces)).isEqualTo(logWithoutTimes(whole));
    }

    @Test
    void whatIsNotFiniteInABlockIsNamedAsWithoutBlocks() {
        float[] x = Runs.ROWS.x().clone();
        x[9 * 2 * Runs.FEATURES] = Float.NaN; // micro-batch 9 of 11, first of the update of step 4
        TrainingData data =
                new TrainingData(new Rows(x, Runs.ROWS.labels(), Runs.FEATURES, 2), Optional.of(Runs.EVALUATION_ROWS));
        Recorder recorder = new Recorder();
        BlockEngine engine = new BlockEngine(Runs.engine(), 8);

        GraftException error = catchThrowableOfType(
                GraftException.class,
                () -> new Trainer(engine, plan(folder, Start.NEW), data, Runs.adapter())
                        .run(List.of(recorder), () -> false));

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DIVERGED);
        assertThat(error)
                .hasMessage(
                        "training diverged at step 4: the loss is NaN; the first bad tensor is layer.lora_A.weight");
        assertThat(error.remedy()).startsWith("No checkpoint had been saved. ");
        assertThat(engine.blocks)
                .as("its updates are not tried in blocks again")
                .containsExactly(5);
        assertThat(recorder.steps).extracting(StepReport::step).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aBlockThatDoesNotFitIsRunUpdateByUpdate() throws IOException {
        Path one = folder.resolve("one");
        Path blocks = folder.resolve("blocks");
        trainer(Runs.engine(), one, Start.NEW).run(List.of(), () -> false);
        BlockEngine engine = new BlockEngine(Runs.engine(), 8) {
            @Override
            public Optional<List<DoneUpdate>> updateAll(List<PlannedUpdate> updates) {
                return updates.size() > 3 ? Optional.empty() : super.updateAll(updates);
            }
        };

        trainer(engine, blocks, Start.NEW).run(List.of(), () -> false);

        assertThat(engine.blocks).as("of 5 2 3 4 1 1").containsExactly(2, 3, 1, 1);
        assertThat(written(blocks)).isEqualTo(written(one));
    }

    @Test
    void whereNotEvenOneUpdateFitsTheBatchSizeThatWouldIsTold() {
        BlockEngine engine = new BlockEngine(Runs.engine(), 8) {
            @Override
            public double accumulate(Batch batch, float weight, long seed) {
                if (BatchRows.count(batch) > 1) {
                    throw new GraftException(ErrorCode.RUNTIME_FAILED, "Failed to allocate memory", Location.NONE, "");
                }
                return super.accumulate(batch, weight, seed);
            }
        };

        GraftException error = catchThrowableOfType(
                GraftException.class, () -> trainer(engine, folder, Start.NEW).run(List.of(), () -> false));

        assertThat(error.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
        assertThat(error)
                .hasMessage(
                        "step 1 ran out of memory on a batch of 2 rows (x float32 [2, 5]): Failed to allocate memory");
        assertThat(error.remedy())
                .startsWith("1 row fitted when fewer were tried: set per_device_train_batch_size to 1");
        assertThat(engine.blocks).containsExactly(5, -1);
    }

    /** A block's time is its updates' in equal parts, or else a log line behind its first update would say that it was as slow as all. */
    @Test
    void eachUpdateOfABlockHasItsPartOfTheTime() {
        long[] now = {0};
        BlockEngine engine = new BlockEngine(Runs.engine(), 8) {
            @Override
            public Optional<List<DoneUpdate>> updateAll(List<PlannedUpdate> updates) {
                now[0] += updates.size() * 2_000_000_000L;
                return super.updateAll(updates);
            }
        };
        Recorder recorder = new Recorder();

        trainer(engine, folder, Start.NEW)
                .run(List.of(recorder), () -> false, () -> now[0], InstantSource.fixed(Instant.EPOCH));

        assertThat(recorder.steps)
                .extracting(step -> step.clock().elapsedSeconds())
                .isEqualTo(Stream.iterate(2.0, seconds -> seconds + 2).limit(16).toList());
    }

    /** ONNX Runtime on both sides: texts of different lengths, dropout, accumulation over an epoch's end; updates that overflow are skipped. */
    @ParameterizedTest
    @CsvSource({"3, FLOAT32", "8, FLOAT32", "8, FLOAT16"})
    void aRunOverOnnxRuntimeWritesTheSameBytes(int most, DType format) throws IOException {
        OrtTrainingEngine.Recipe recipe = new OrtTrainingEngine.Recipe(
                Fixtures.path("llama/base/model_dynamo.onnx"),
                TrainingTarget.of("all-linear", 4, 2).withDropout(0.25),
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                GraphSettings.DEFAULT,
                format);
        Path one = folder.resolve("one");
        Path blocks = folder.resolve("blocks");
        for (boolean inBlocks : new boolean[] {false, true}) {
            try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe, inBlocks ? most : 1)) {
                engine.restore(begin((int) engine.layout().size(), format));
                TrainingData data = new TrainingData(new MadeUpTexts(11), Optional.of(new MadeUpTexts(3)));
                RunPlan plan = plan(Task.LANGUAGE_MODEL, inBlocks ? blocks : one, Start.NEW);
                new Trainer(engine, plan, data, Runs.adapter()).run(List.of(), () -> false);
                assertThat(engine.updatesPerCall()).isEqualTo(inBlocks ? most : 0);
                assertThat(engine.state().scale().skipped() > 0).isEqualTo(format == DType.FLOAT16);
                assertThat(engine.state().updates()).isGreaterThan(4);
            }
        }

        assertThat(written(blocks)).isEqualTo(written(one)).containsKey("checkpoint-16/engine.safetensors");
    }

    private static EngineState begin(int size, DType format) {
        Random random = new Random(5);
        float[] parameters = new float[size];
        for (int i = 0; i < size; i++) {
            parameters[i] = (float) random.nextGaussian() / 10;
        }
        LossScale scale = format == DType.FLOAT16 ? new LossScale(0x1p24, 0, 0) : LossScale.NONE;
        return new EngineState(parameters, new float[size], new float[size], new float[size], 0, scale);
    }

    private static Trainer trainer(TrainingEngine engine, Path folder, Start start) {
        return new Trainer(engine, plan(folder, start), Runs.data(), Runs.adapter());
    }

    private static RunPlan plan(Path folder, Start start) {
        return plan(Task.CLASSIFICATION, folder, start);
    }

    private static RunPlan plan(Task task, Path folder, Start start) {
        OutputPlan output = new OutputPlan(folder, start, Cadence.everySteps(2), Cadence.everySteps(5), 0, false);
        EvaluationPlan evaluation = new EvaluationPlan(Cadence.everySteps(7), Metric.LOSS, false, 0, 0);
        return new RunPlan(task, Runs.updates(), evaluation, output, Map.of("model", "any"));
    }

    /** Everything in a run's folder but times. */
    private static Map<String, String> written(Path run) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                contents.put(run.relativize(file).toString(), withoutTimes(text));
            }
        }
        return contents;
    }

    private static String withoutTimes(String text) {
        return text.replaceAll("\"(elapsed_time|remaining_time)\":\"[^\"]*\"", "")
                .replaceAll("\"(throughput|seconds|[a-z_]*per_second|[a-z_]*_seconds|peak_memory_mb)\": ?[^,}\n]*", "");
    }

    private static String logWithoutTimes(Path run) throws IOException {
        return withoutTimes(Files.readString(run.resolve(TrainerLog.NAME)));
    }

    private static List<List<Object>> withoutTimes(List<StepReport> reports) {
        return reports.stream()
                .map(report -> List.<Object>of(
                        report.step(),
                        report.epoch(),
                        report.loss(),
                        report.learningRate(),
                        report.gradientNorm(),
                        report.tokens()))
                .toList();
    }
}
