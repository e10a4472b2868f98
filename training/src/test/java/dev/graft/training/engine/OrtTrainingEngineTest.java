package dev.graft.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.testing.Fixtures;
import dev.graft.training.expand.ExpansionPasses;
import dev.graft.training.graph.Biases;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.UpdateRule;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrtTrainingEngineTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"llama/base/model_dynamo.onnx", "llama/base/model_ts.onnx", "llama/base/model_unoptimized.onnx"})
    void theGradientIsThatOfFiniteDifferencesInEveryDirectionTried(String base) {
        OrtTrainingEngine.Recipe recipe = new OrtTrainingEngine.Recipe(
                Fixtures.path(base),
                TrainingTarget.of("all-linear", 4, 2),
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                GraphSettings.DEFAULT);
        SplittableRandom random = new SplittableRandom(7);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe)) {
            float[] parameters = random(random, (int) engine.layout().size(), 0.1);
            Batch batch = tokens(random, 3, 7, 20);
            engine.restore(state(parameters));
            double loss = engine.accumulate(batch, 1, 0);
            float[] gradient = engine.state().gradient();
            assertThat(engine.evaluate(batch).loss()).isCloseTo(loss, within(1e-4));

            for (int trial = 0; trial < 3; trial++) {
                float[] direction = random(random, parameters.length, 1);
                double expected = 0;
                for (int i = 0; i < gradient.length; i++) {
                    expected += (double) gradient[i] * direction[i];
                }
                double step = 1e-3;
                engine.restore(state(moved(parameters, direction, step)));
                double above = engine.evaluate(batch).loss();
                engine.restore(state(moved(parameters, direction, -step)));
                double below = engine.evaluate(batch).loss();
                assertThat((above - below) / (2 * step))
                        .isCloseTo(expected, within(2e-2 * Math.max(1, Math.abs(expected))));
            }
        }
    }

    @Test
    void withoutMomentsAnUpdateIsOneOfPlainGradientDescent() {
        SplittableRandom random = new SplittableRandom(3);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe(TrainingTarget.of("q_proj", 4, 2)))) {
            float[] parameters = random(random, (int) engine.layout().size(), 0.1);
            engine.restore(state(parameters));
            for (int step = 0; step < 2; step++) {
                engine.accumulate(tokens(random, 3, 7, 20), 1, 0);
                float[] before = engine.state().parameters();
                float[] gradient = engine.state().gradient();
                engine.update(new UpdateRule(rates(0.1), 0.5, 0, 0, 1, 1));

                float[] after = engine.state().parameters();
                for (int i = 0; i < after.length; i++) {
                    double expected = before[i] * (1 - 0.1 * 0.5) - 0.1 * gradient[i];
                    assertThat((double) after[i]).isCloseTo(expected, within(1e-6));
                }
            }
        }
    }

    /** 40 rows of up to 30 tokens are run in several chunks; 3 rows in one, whose products are too small here to be cut in other ways. */
    @ParameterizedTest
    @CsvSource({"3, false", "40, false", "40, true"})
    void theGradientsBitsDoNotDependOnTheNumberOfThreads(int rows, boolean dora) {
        float[] expected = new float[0];
        double expectedLoss = 0;
        for (int threads = 1; threads <= 3; threads++) {
            SplittableRandom random = new SplittableRandom(11);
            OrtTrainingEngine.Recipe recipe = recipe(allLinear(dora), GraphSettings.DEFAULT.withThreads(threads));
            try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe)) {
                engine.restore(state(random(random, (int) engine.layout().size(), 0.1)));
                double loss = engine.accumulate(tokens(random, rows, 30, 20), 0.01f, 0);
                float[] gradient = engine.state().gradient();
                if (threads == 1) {
                    expected = gradient;
                    expectedLoss = loss;
                }
                assertThat(gradient).containsExactly(expected);
                assertThat(loss).isEqualTo(expectedLoss);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBatchInChunksGivesWhatItsRowsGiveOneByOne(boolean dora) {
        SplittableRandom random = new SplittableRandom(13);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe(allLinear(dora)))) {
            float[] parameters = random(random, (int) engine.layout().size(), 0.1);
            Batch batch = tokens(random, 40, 30, 20);
            engine.restore(state(parameters));
            double whole = engine.accumulate(batch, 0.01f, 0);
            float[] gradient = engine.state().gradient();

            engine.restore(state(parameters));
            double sum = 0;
            for (int row = 0; row < 40; row++) {
                sum += engine.accumulate(row(batch, row), 0.01f, 0);
            }
            float[] one = engine.state().gradient();
            assertThat(whole).isCloseTo(sum, within(1e-5 * sum));
            assertThat(engine.evaluate(batch).loss()).isCloseTo(sum, within(1e-5 * sum));
            for (int i = 0; i < one.length; i++) {
                assertThat(gradient[i]).isCloseTo(one[i], within(1e-5f));
            }
        }
    }

    @Test
    void aBatchThatCannotBeRunLeavesTheGradientAsItWas() {
        SplittableRandom random = new SplittableRandom(17);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe(TrainingTarget.of("q_proj", 4, 2)))) {
            engine.restore(state(random(random, (int) engine.layout().size(), 0.1)));
            engine.accumulate(tokens(random, 3, 7, 20), 1, 0);
            float[] before = engine.state().gradient();

            // the vocabulary has 24 tokens
            Batch bad = tokens(random, 40, 30, 1000);
            GraftException error = catchThrowableOfType(GraftException.class, () -> engine.accumulate(bad, 1, 0));
            assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
            assertThat(engine.state().gradient()).containsExactly(before);
        }
    }

    @Test
    void dropoutFollowsFromTheSeedAlone() {
        SplittableRandom random = new SplittableRandom(5);
        TrainingTarget target = TrainingTarget.of("all-linear", 4, 2).withDropout(0.5);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe(target))) {
            engine.restore(state(random(random, (int) engine.layout().size(), 0.1)));
            Batch batch = tokens(random, 3, 7, 20);
            double first = engine.accumulate(batch, 1, 11);
            double other = engine.accumulate(batch, 1, 12);

            assertThat(engine.accumulate(batch, 1, 11)).isEqualTo(first).isNotEqualTo(other);
            assertThat(engine.evaluate(batch).loss()).isNotIn(first, other);
        }
    }

    /** d/db of s·(B·A·x + b) is s times d/d(bias): what dropout drops of x, it does not drop of b. */
    @Test
    void aBranchsBiasLearnsTheScalingTimesWhatTheBaseBiasLearnsAlsoWithDropout() {
        SplittableRandom random = new SplittableRandom(19);
        TrainingTarget target = TrainingTarget.of("c_attn", 2, 3)
                .withDropout(0.5)
                .withBiases(Biases.LORA_ONLY)
                .withBranchBias();
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe("gpt2", target, GraphSettings.DEFAULT))) {
            engine.restore(state(random(random, (int) engine.layout().size(), 0.1)));
            engine.accumulate(tokens(random, 3, 7, 20), 1, 0);
            float[] gradient = engine.state().gradient();

            String module = "transformer.h.0.attn.c_attn";
            Entry bias = entry(engine, module + ".bias");
            Entry branch = entry(engine, module + ".lora_B.bias");
            for (int i = 0; i < bias.shape().elements(); i++) {
                assertThat(gradient[(int) branch.offset() + i])
                        .isCloseTo(3 * gradient[(int) bias.offset() + i], within(1e-5f));
            }
        }
    }

    /** As in PEFT, whose Embedding calls no dropout; so nothing may be enlarged for it either. */
    @Test
    void dropoutLeavesEmbeddingsAlone() {
        TrainingTarget target = TrainingTarget.of("embed_tokens", 2, 3);
        float[][] gradients = new float[2][];
        for (int i = 0; i < 2; i++) {
            SplittableRandom random = new SplittableRandom(23);
            try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe(target.withDropout(0.5 * i)))) {
                engine.restore(state(random(random, (int) engine.layout().size(), 0.1)));
                engine.accumulate(tokens(random, 3, 7, 20), 1, 0);
                gradients[i] = engine.state().gradient();
            }
        }
        assertThat(gradients[1]).containsExactly(gradients[0]);
        assertThat(gradients[0]).isNotEqualTo(new float[gradients[0].length]);
    }

    @Test
    void whatHasNoBiasOfItsOwnIsRefusedByName() {
        GraftException none = catchThrowableOfType(
                GraftException.class,
                () -> OrtTrainingEngine.open(
                        recipe(TrainingTarget.of("q_proj", 2, 1).withBranchBias())));
        assertThat(none.code()).isEqualTo(ErrorCode.METHOD_UNSUPPORTED);
        assertThat(none)
                .hasMessage("lora_bias is not supported for model.layers.0.self_attn.q_proj: "
                        + "it has no bias that the branch's could be merged into");
        assertThat(none.remedy()).isEqualTo("Name other modules in lora_target, or leave lora_bias out.");
    }

    private static Entry entry(OrtTrainingEngine engine, String name) {
        return engine.layout().entries().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static TrainingTarget allLinear(boolean dora) {
        TrainingTarget target = TrainingTarget.of("all-linear", 4, 2);
        return dora ? target.withDora() : target;
    }

    private static OrtTrainingEngine.Recipe recipe(TrainingTarget target) {
        return recipe(target, GraphSettings.DEFAULT);
    }

    private static OrtTrainingEngine.Recipe recipe(TrainingTarget target, GraphSettings settings) {
        return recipe("llama", target, settings);
    }

    private static OrtTrainingEngine.Recipe recipe(String model, TrainingTarget target, GraphSettings settings) {
        return new OrtTrainingEngine.Recipe(
                Fixtures.path(model + "/base/model_dynamo.onnx"),
                target,
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                settings);
    }

    private static Batch row(Batch batch, int row) {
        Map<String, HostTensor> inputs = new TreeMap<>();
        batch.inputs().forEach((name, tensor) -> inputs.put(name, row(tensor, row)));
        return new Batch(inputs, batch.labels().map(labels -> row(labels, row)), 1, 1);
    }

    private static HostTensor row(HostTensor tensor, int row) {
        int length = (int) tensor.shape().dim(1);
        long[] values = Arrays.copyOfRange(tensor.toLongs(), row * length, (row + 1) * length);
        return HostTensor.ofLongs(Shape.of(1, length), values);
    }

    private static Map<TrainableLayout.Group, Double> rates(double rate) {
        return Arrays.stream(TrainableLayout.Group.values()).collect(Collectors.toMap(group -> group, any -> rate));
    }

    private static Batch tokens(SplittableRandom random, int rows, int length, int vocabulary) {
        long[] ids = random.longs((long) rows * length, 0, vocabulary).toArray();
        long[] mask = new long[ids.length];
        long[] labels = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            int at = i % length;
            mask[i] = at < length - i / length ? 1 : 0;
            boolean hasNext = at + 1 < length && mask[i] == 1;
            labels[i] = hasNext && at > 1 ? ids[i + 1] : Batch.IGNORED;
        }
        Shape shape = Shape.of(rows, length);
        return new Batch(
                Map.of("input_ids", HostTensor.ofLongs(shape, ids), "attention_mask", HostTensor.ofLongs(shape, mask)),
                Optional.of(HostTensor.ofLongs(shape, labels)),
                1,
                1);
    }

    private static float[] random(SplittableRandom random, int size, double scale) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }

    private static float[] moved(float[] from, float[] direction, double step) {
        float[] moved = new float[from.length];
        for (int i = 0; i < from.length; i++) {
            moved[i] = (float) (from[i] + direction[i] * step);
        }
        return moved;
    }

    private static EngineState state(float[] parameters) {
        int size = parameters.length;
        return new EngineState(parameters, new float[size], new float[size], new float[size], 0);
    }
}
