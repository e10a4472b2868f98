package dev.graft.training.run.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.training.run.plan.Metric;
import dev.graft.training.run.plan.MicroBatches;
import dev.graft.training.run.plan.Task;
import dev.graft.training.step.Batch;
import dev.graft.training.step.TrainingEngine.Evaluation;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The expected scores are counted by hand from the confusion of classes. */
class EvaluatorTest {
    @Test
    void aLanguageModelHasTheMeanOverAllTokensAndItsPerplexity() {
        EvaluationResult result = evaluate(
                Task.LANGUAGE_MODEL,
                List.of(batch(30, null), batch(10, null)),
                List.of(new Evaluation(60, Optional.empty()), new Evaluation(4, Optional.empty())));

        assertThat(result.counted()).isEqualTo(40);
        assertThat(result.loss()).isEqualTo(1.6);
        assertThat(result.value(Metric.PERPLEXITY)).isCloseTo(4.953032424395115, within(1e-12));
        assertThat(result.named()).containsOnlyKeys("eval_loss", "eval_perplexity");
    }

    @Test
    void anEndlessPerplexityStaysANumber() {
        EvaluationResult result =
                evaluate(Task.LANGUAGE_MODEL, List.of(batch(1, null)), List.of(new Evaluation(5000, Optional.empty())));

        assertThat(result.value(Metric.PERPLEXITY)).isEqualTo(Double.MAX_VALUE);
    }

    @Test
    void twoClassesHaveTheF1OfClassOne() {
        EvaluationResult result = classes(new long[] {1, 1, 0, 1, 0, 0}, new long[] {1, 0, 0, 1, 1, 0});

        // found 2, missed 1, mistaken 1
        assertThat(result.value(Metric.ACCURACY)).isEqualTo(4 / 6.0);
        assertThat(result.value(Metric.F1)).isEqualTo(4 / 6.0);
        assertThat(result.value(Metric.F1_MACRO)).isCloseTo((4 / 6.0 + 4 / 6.0) / 2, within(1e-15));
    }

    @Test
    void moreClassesHaveTheMeanOverClassesAndIgnoredRowsDoNotCount() {
        EvaluationResult result = classes(new long[] {0, 2, 2, 5, 1}, new long[] {0, 2, 0, 0, Batch.IGNORED});

        // class 0: found 1, missed 2; class 2: found 1, mistaken 1; class 5: mistaken 1
        assertThat(result.value(Metric.ACCURACY)).isEqualTo(0.5);
        assertThat(result.value(Metric.F1_MACRO)).isCloseTo((2 / 4.0 + 2 / 3.0 + 0) / 3, within(1e-15));
        assertThat(result.value(Metric.F1)).isEqualTo(result.value(Metric.F1_MACRO));
    }

    @Test
    void noRowOfClassOneAndNoneTakenForOneIsAnF1OfZero() {
        assertThat(classes(new long[] {0, 0}, new long[] {0, 0}).value(Metric.F1))
                .isZero();
    }

    @Test
    void aRegressionHasTheMeanSquareOverAllNumbers() {
        HostTensor wanted = HostTensor.ofFloats(Shape.of(2, 1), 1f, 2f);
        HostTensor got = HostTensor.ofFloats(Shape.of(2), 1.5f, 0f);

        EvaluationResult result =
                evaluate(Task.REGRESSION, List.of(batch(2, wanted)), List.of(new Evaluation(4.25, Optional.of(got))));

        assertThat(result.value(Metric.MSE)).isEqualTo(4.25 / 2);
        assertThat(result.loss()).isEqualTo(2.125);
    }

    @Test
    void whatCannotBeMeasuredIsSaid() {
        assertRefused(
                Task.LANGUAGE_MODEL, batch(0, null), Optional.empty(), "the evaluation data has no label that counts");
        assertRefused(
                Task.CLASSIFICATION, batch(1, longs(1)), Optional.empty(), "the model gives no predictions to measure");
        assertRefused(Task.CLASSIFICATION, batch(1, null), Optional.of(longs(1)), "the evaluation data has no labels");
        assertRefused(
                Task.CLASSIFICATION,
                batch(2, longs(1, 0)),
                Optional.of(longs(1)),
                "expected a prediction for each label of int64 [2], got int64 [1]");
    }

    private static void assertRefused(Task task, Batch batch, Optional<HostTensor> predictions, String message) {
        assertThatThrownBy(() -> evaluate(task, List.of(batch), List.of(new Evaluation(1, predictions))))
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.INPUTS_INVALID))
                .hasMessage(message);
    }

    private static EvaluationResult classes(long[] got, long[] wanted) {
        return evaluate(
                Task.CLASSIFICATION,
                List.of(batch(wanted.length, longs(wanted))),
                List.of(new Evaluation(1, Optional.of(longs(got)))));
    }

    private static EvaluationResult evaluate(Task task, List<Batch> batches, List<Evaluation> evaluations) {
        MicroBatches data = new MicroBatches() {
            @Override
            public int perEpoch() {
                return batches.size();
            }

            @Override
            public Batch batch(int epoch, int index) {
                return batches.get(index);
            }
        };
        Iterator<Evaluation> next = evaluations.iterator();
        return Evaluator.evaluate(task, data, batch -> next.next());
    }

    private static HostTensor longs(long... values) {
        return HostTensor.ofLongs(Shape.of(values.length), values);
    }

    private static Batch batch(long counted, @org.jspecify.annotations.Nullable HostTensor labels) {
        return new Batch(Map.of(), Optional.ofNullable(labels), counted, counted);
    }
}
