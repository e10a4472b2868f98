package dev.graft.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.run.checkpoint.AdapterWriter;
import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.EvaluationPlan;
import dev.graft.training.run.plan.Metric;
import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.plan.Start;
import dev.graft.training.run.plan.Task;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.TrainingEngine;
import dev.graft.training.step.UpdateRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that cannot go on: numbers that are not finite, memory that is not enough, plans that cannot be. */
class FailureTest {
    @TempDir
    Path folder;

    @Test
    void aDivergingRunNamesTheStepAndTheTensorAndKeepsTheLastCheckpoint() {
        Recorder recorder = new Recorder();
        float[] x = Runs.ROWS.x().clone();
        x[9 * 2 * Runs.FEATURES] = Float.NaN; // micro-batch 9 of 11, first of the update of step 4
        TrainingData data =
                new TrainingData(new Rows(x, Runs.ROWS.labels(), Runs.FEATURES, 2), Optional.of(Runs.EVALUATION_ROWS));

        GraftException error = failure(new Trainer(Runs.engine(), plan(), data, Runs.adapter()), recorder);

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DIVERGED);
        assertThat(error)
                .hasMessage(
                        "training diverged at step 4: the loss is NaN; the first bad tensor is layer.lora_A.weight");
        assertThat(error.location().tensor()).isEqualTo("layer.lora_A.weight");
        assertThat(error.remedy()).startsWith("Step 3 is whole in checkpoint-3. Try a lower learning rate");
        assertThat(recorder.saved).containsExactly("checkpoint-2", "checkpoint-3");
        assertThat(folder.resolve("checkpoint-3")).isDirectory();
        assertThat(folder.resolve(Runs.ADAPTER)).doesNotExist();
    }

    /** Under a loss scale: the step counts, its norm is no number, and the log stays JSON. */
    @Test
    void anUpdateThatIsSkippedIsNoFailure() throws IOException {
        TrainingEngine engine = new WrappedEngine(Runs.engine()) {
            private int updates;

            @Override
            public Updated update(UpdateRule rule) {
                updates++;
                return updates <= 2 ? new Updated(Double.NaN, true) : super.update(rule);
            }
        };

        RunResult result = new Trainer(engine, plan(), Runs.data(), Runs.adapter()).run(List.of(), () -> false);

        assertThat(result.stopped()).isEqualTo(RunResult.Stopped.COMPLETED);
        List<String> log = Files.readAllLines(folder.resolve("trainer_log.jsonl"));
        assertThat(log.get(0)).contains("\"current_steps\":2,").contains("\"grad_norm\":null,");
        assertThat(log.get(2)).contains("\"current_steps\":4,").doesNotContain("null");
    }

    @Test
    void aGradientThatOverflowsIsFoundAtTheUpdate() {
        TrainingEngine engine = new WrappedEngine(Runs.engine()) {
            @Override
            public Updated update(UpdateRule rule) {
                return Updated.of(Double.POSITIVE_INFINITY);
            }
        };

        GraftException error = failure(new Trainer(engine, plan(), Runs.data(), Runs.adapter()), new Recorder());

        assertThat(error)
                .hasMessage("training diverged at step 1: the gradient's norm is Infinity; all trainable tensors and "
                        + "their gradients are finite");
        assertThat(error.remedy()).startsWith("No checkpoint had been saved. ");
    }

    @Test
    void whatIsNotFiniteIsNeverSaved() {
        TrainingEngine engine = new WrappedEngine(Runs.engine()) {
            @Override
            public EngineState state() {
                EngineState state = super.state();
                state.parameters()[Runs.RANK * Runs.FEATURES + 1] = Float.POSITIVE_INFINITY;
                return state;
            }
        };

        GraftException error = failure(new Trainer(engine, plan(), Runs.data(), Runs.adapter()), new Recorder());

        assertThat(error)
                .hasMessage(
                        "training diverged at step 2: what the optimiser holds is not finite; the first bad tensor is "
                                + "layer.lora_B.weight");
        assertThat(folder).isDirectoryNotContaining("glob:**/checkpoint-*");
    }

    @ParameterizedTest
    @CsvSource({"3, 3 rows, 3, 4", "11, 11 rows, 6, 2", "5, 5 rows, 4, 3", "1, 1 row, 1, 12"})
    void outOfMemorySaysHowManyRowsFittedAndWhatToSet(int room, String fitted, int size, int times) {
        GraftException error = outOfMemory(12, room);

        assertThat(error.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
        assertThat(error.code().category().exitCode()).isEqualTo(4);
        assertThat(error)
                .hasMessage(
                        "step 1 ran out of memory on a batch of 12 rows (x float32 [12, 5]): ONNX Runtime failed while "
                                + "running the model: Failed to allocate memory for requested buffer of size 4096");
        assertThat(error.remedy())
                .startsWith(fitted + " fitted when fewer were tried: set per_device_train_batch_size to " + size
                        + " and gradient_accumulation_steps to " + times
                        + " times what it is, which gives updates of the same rows. Longer rows may come");
    }

    @Test
    void rowsThatCannotBeSharedOutEvenlyAreSoNearly() {
        assertThat(outOfMemory(7, 6).remedy())
                .contains("set per_device_train_batch_size to 4 and gradient_accumulation_steps to 2 times")
                .contains("updates of about as many rows");
        assertThat(outOfMemory(20, 10).remedy())
                .as("a tenth is kept to spare, and 4 parts are even where 3 are not")
                .startsWith("10 rows fitted")
                .contains("set per_device_train_batch_size to 5 and gradient_accumulation_steps to 4 times")
                .contains("updates of the same rows");
        assertThat(outOfMemory(12, 0).remedy())
                .startsWith("Not even one row fitted when it was tried: use shorter rows (cutoff_len)");
    }

    /** A run on batches of so many rows, of which so many fit. */
    private GraftException outOfMemory(int rows, int room) {
        TrainingEngine engine = new WrappedEngine(Runs.engine()) {
            @Override
            public double accumulate(Batch batch, float weight, long seed) {
                if (BatchRows.count(batch) > room) {
                    throw new GraftException(
                            ErrorCode.RUNTIME_FAILED,
                            "ONNX Runtime failed while running the model: Failed to allocate memory for requested buffer of size 4096",
                            Location.NONE,
                            "");
                }
                return super.accumulate(batch, weight, seed);
            }
        };
        TrainingData data =
                new TrainingData(Rows.ofSeed(1, 2 * rows, Runs.FEATURES, 3, rows), Optional.of(Runs.EVALUATION_ROWS));
        return failure(
                new Trainer(engine, Runs.plan(Runs.output(folder, Start.OVERWRITE)), data, Runs.adapter()),
                new Recorder());
    }

    @Test
    void anEvaluationThatDoesNotFitNeedsSmallerBatchesOfItsOwn() {
        TrainingEngine engine = new WrappedEngine(Runs.engine()) {
            @Override
            public Evaluation evaluate(Batch batch) {
                if (BatchRows.count(batch) > 3) {
                    throw new OutOfMemoryError("Java heap space");
                }
                return super.evaluate(batch);
            }
        };

        GraftException error = failure(new Trainer(engine, plan(), Runs.data(), Runs.adapter()), new Recorder());

        assertThat(error.remedy())
                .isEqualTo("3 rows fitted when fewer were tried: set per_device_eval_batch_size to 3, which changes no "
                        + "result. Longer rows may come and need more.");
    }

    @Test
    void javasOwnHeapCountsToo() {
        TrainingEngine engine = new WrappedEngine(Runs.engine()) {
            @Override
            public Evaluation evaluate(Batch batch) {
                throw new OutOfMemoryError("Java heap space");
            }
        };

        GraftException error = failure(new Trainer(engine, plan(), Runs.data(), Runs.adapter()), new Recorder());

        assertThat(error.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
        assertThat(error)
                .hasMessage("an evaluation ran out of memory on a batch of 4 rows (x float32 [4, 5]): Java heap space");
        assertThat(error.remedy()).startsWith("Not even one row fitted when it was tried: use shorter rows");
    }

    @Test
    void anotherFailureOfTheRuntimeStaysWhatItIs() {
        GraftException broken = new GraftException(ErrorCode.RUNTIME_FAILED, "no such operator", Location.NONE, "");
        TrainingEngine engine = new WrappedEngine(Runs.engine()) {
            @Override
            public double accumulate(Batch batch, float weight, long seed) {
                throw broken;
            }
        };

        assertThat(failure(new Trainer(engine, plan(), Runs.data(), Runs.adapter()), new Recorder()))
                .isSameAs(broken);
    }

    @Test
    void aPlanThatCannotBeIsRefusedBeforeTheFirstStep() {
        EvaluationPlan byPerplexity = new EvaluationPlan(Cadence.everySteps(1), Metric.PERPLEXITY, true, 0, 0);
        assertRefused(
                byPerplexity, Runs.data(), "expected one of the metrics loss, accuracy, f1, f1_macro, got perplexity");
        assertRefused(
                EvaluationPlan.of(Cadence.EVERY_EPOCH),
                TrainingData.of(Runs.ROWS),
                "evaluations are asked for, but there is nothing to evaluate on");
        assertRefused(
                new EvaluationPlan(Cadence.NEVER, Metric.LOSS, true, 0, 0),
                Runs.data(),
                "the best checkpoint and early stopping go by evaluations, but none are asked for");
        MicroBatches nothing = new Rows(new float[0], new long[0], Runs.FEATURES, 2);
        assertRefused(EvaluationPlan.NONE, TrainingData.of(nothing), "there is nothing to train on");
        assertThat(folder).isEmptyDirectory();
    }

    private void assertRefused(EvaluationPlan evaluation, TrainingData data, String message) {
        RunPlan plan =
                new RunPlan(Task.CLASSIFICATION, Runs.updates(), evaluation, Runs.output(folder, Start.NEW), Map.of());
        assertThatThrownBy(() -> new Trainer(Runs.engine(), plan, data, AdapterWriter.NONE).run(List.of(), () -> false))
                .isInstanceOf(GraftException.class)
                .hasMessage(message);
    }

    private RunPlan plan() {
        return Runs.plan(Runs.output(folder, Start.NEW));
    }

    private static GraftException failure(Trainer trainer, Recorder recorder) {
        return catchThrowableOfType(GraftException.class, () -> trainer.run(List.of(recorder), () -> false));
    }
}
