package dev.graft.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.training.run.checkpoint.AdapterWriter;
import dev.graft.training.run.plan.AdamW;
import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.EvaluationPlan;
import dev.graft.training.run.plan.Metric;
import dev.graft.training.run.plan.OutputPlan;
import dev.graft.training.run.plan.RunLength;
import dev.graft.training.run.plan.RunPlan;
import dev.graft.training.run.plan.Schedule;
import dev.graft.training.run.plan.Start;
import dev.graft.training.run.plan.Task;
import dev.graft.training.run.plan.UpdatePlan;
import dev.graft.training.run.plan.WarmUp;
import dev.graft.training.run.report.EvaluationReport;
import dev.graft.training.run.report.RunListener;
import dev.graft.training.run.report.RunResult;
import dev.graft.training.run.report.RunResult.Stopped;
import dev.graft.training.run.report.StepReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same model, rows and settings as in transformers' Trainer on PyTorch give the same course, update for update. */
class TransformersParityTest {
    // PyTorch computes in float32 throughout, the engine of these tests in double between parameters
    private static final double TOLERANCE = 2e-5;

    private static final Goldens GOLDENS = Goldens.read();

    @TempDir
    Path folder;

    private final LinearEngine engine = GOLDENS.engine();
    private final Recorder recorder = new Recorder();
    private final List<double[]> parameters = new ArrayList<>();

    @Test
    void cosineWithWarmUpClippingDecayAndAnIncompleteLastAccumulation() {
        UpdatePlan updates = new UpdatePlan(
                RunLength.ofEpochs(3),
                3,
                AdamW.ofLearningRate(0.05).withWeightDecay(0.1).withMaxGradientNorm(0.3),
                new Schedule(Schedule.Kind.COSINE, WarmUp.ofRatio(0.2)),
                42);

        run(updates, EvaluationPlan.NONE);

        assertSameCourse(GOLDENS.at("cosine"));
    }

    @Test
    void loraPlusWithLinearScheduleAndSoManySteps() {
        UpdatePlan updates = new UpdatePlan(
                RunLength.ofUpdates(5),
                2,
                AdamW.ofLearningRate(0.02)
                        .withWeightDecay(0.2)
                        .withMaxGradientNorm(0)
                        .withLoraPlus(4, AdamW.LoraPlus.EMBEDDING_LEARNING_RATE),
                new Schedule(Schedule.Kind.LINEAR, WarmUp.ofSteps(2)),
                42);

        run(updates, EvaluationPlan.NONE);

        assertSameCourse(GOLDENS.at("loraplus"));
    }

    @Test
    void earlyStoppingEndsWhereTransformersDoesAndWithTheBestParameters() {
        UpdatePlan updates = new UpdatePlan(
                RunLength.ofEpochs(10),
                1,
                AdamW.ofLearningRate(0.1),
                new Schedule(Schedule.Kind.CONSTANT, WarmUp.NONE),
                42);

        RunResult result = run(updates, new EvaluationPlan(Cadence.everySteps(2), Metric.LOSS, true, 2, 0));

        Goldens expected = GOLDENS.at("early");
        assertSameCourse(expected);
        assertThat(result.stopped()).isEqualTo(Stopped.EARLY_STOPPING);
        assertThat(result.bestStep()).hasValue((long) expected.number("best_step"));
        assertClose(engine.state().parameters(), expected.numbers("final"));
        double best = expected.numbers("eval_loss")[(int) expected.number("best_step") / 2 - 1];
        assertThat(result.evalLoss().orElseThrow()).isCloseTo(best, within(TOLERANCE));
    }

    @Test
    void accuracyAndF1AndABestThatIsNotThePreviousOnesEqual() {
        UpdatePlan updates = new UpdatePlan(
                RunLength.ofEpochs(1.5),
                1,
                AdamW.ofLearningRate(0.1),
                new Schedule(Schedule.Kind.LINEAR, WarmUp.NONE),
                42);

        RunResult result = run(updates, new EvaluationPlan(Cadence.everySteps(1), Metric.ACCURACY, true, 0, 0));

        Goldens expected = GOLDENS.at("accuracy");
        assertSameCourse(expected);
        assertThat(evaluations(report -> report.result().value(Metric.ACCURACY)))
                .containsExactly(expected.numbers("eval_accuracy"), within(1e-12));
        assertThat(evaluations(report -> report.result().value(Metric.F1_MACRO)))
                .containsExactly(expected.numbers("eval_f1_macro"), within(1e-12));
        assertThat(result.bestStep()).hasValue((long) expected.number("best_step"));
        assertClose(engine.state().parameters(), expected.numbers("final"));
    }

    private RunResult run(UpdatePlan updates, EvaluationPlan evaluation) {
        OutputPlan output = new OutputPlan(
                folder.resolve("out"), Start.NEW, Cadence.everySteps(1), Cadence.everySteps(500), 0, false);
        RunPlan plan = new RunPlan(Task.CLASSIFICATION, updates, evaluation, output, Map.of());
        TrainingData data = new TrainingData(GOLDENS.training(), Optional.of(GOLDENS.evaluation()));
        RunListener parametersKeeper = new RunListener() {
            @Override
            public void stepped(StepReport report) {
                parameters.add(doubles(engine.state().parameters()));
            }
        };
        return new Trainer(engine, plan, data, AdapterWriter.NONE)
                .run(List.of(recorder, parametersKeeper), () -> false);
    }

    private void assertSameCourse(Goldens expected) {
        assertThat(recorder.starts.get(0).totalSteps()).isEqualTo((long) expected.number("total"));
        assertThat(recorder.steps).hasSize((int) expected.number("steps"));
        assertThat(lines(StepReport::loss)).containsExactly(expected.numbers("loss"), within(TOLERANCE));
        assertThat(lines(StepReport::learningRate)).containsExactly(expected.numbers("learning_rate"), within(1e-12));
        assertThat(lines(StepReport::gradientNorm)).containsExactly(expected.numbers("grad_norm"), within(TOLERANCE));
        assertThat(lines(StepReport::epoch)).containsExactly(expected.numbers("epoch"), within(1e-12));
        List<double[]> rows = expected.rows("parameters");
        for (int step = 0; step < rows.size(); step++) {
            assertThat(parameters.get(step))
                    .as("step " + (step + 1))
                    .containsExactly(rows.get(step), within(TOLERANCE));
        }
        assertThat(evaluations(EvaluationReport::step)).containsExactly(expected.numbers("eval_step"));
        assertThat(evaluations(report -> report.result().loss()))
                .containsExactly(expected.numbers("eval_loss"), within(TOLERANCE));
    }

    private double[] lines(ToDoubleFunction<StepReport> value) {
        return recorder.lines.stream().mapToDouble(value).toArray();
    }

    private double[] evaluations(ToDoubleFunction<EvaluationReport> value) {
        return recorder.evaluations.stream().mapToDouble(value).toArray();
    }

    private static void assertClose(float[] got, double[] expected) {
        assertThat(doubles(got)).containsExactly(expected, within(TOLERANCE));
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
