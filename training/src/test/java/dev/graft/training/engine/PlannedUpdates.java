package dev.graft.training.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.testing.Fixtures;
import dev.graft.training.expand.ExpansionPasses;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.run.plan.AdamW;
import dev.graft.training.step.Batch;
import dev.graft.training.step.DoneUpdate;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.LossScale;
import dev.graft.training.step.PlannedUpdate;
import dev.graft.training.step.TrainingEngine;
import dev.graft.training.step.UpdateRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Updates of made-up texts for the tests of blocks, and the same updates one by one. */
final class PlannedUpdates {
    static final AdamW CLIPPED = AdamW.ofLearningRate(0.01).withWeightDecay(0.1);

    private PlannedUpdates() {}

    static EngineState scaled(EngineState state, LossScale scale) {
        return new EngineState(
                state.parameters(), state.firstMoment(), state.secondMoment(), state.gradient(), 0, scale);
    }

    static OrtTrainingEngine.Recipe recipe(DType format) {
        return new OrtTrainingEngine.Recipe(
                Fixtures.path("llama/base/model_dynamo.onnx"),
                TrainingTarget.of("all-linear", 4, 2),
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                GraphSettings.DEFAULT,
                format);
    }

    static void requireSame(TrainingEngine one, TrainingEngine block, List<PlannedUpdate> planned) {
        float[] before = one.state().parameters();
        List<DoneUpdate> expected =
                planned.stream().map(update -> oneByOne(one, update)).toList();

        assertThat(block.updateAll(planned)).contains(expected);
        requireSame(block.state(), one.state());
        assertThat(one.state().parameters()).isNotEqualTo(before);
    }

    static DoneUpdate oneByOne(TrainingEngine engine, PlannedUpdate update) {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < update.batches().size(); i++) {
            losses.add(engine.accumulate(
                    update.batches().get(i), update.weight(), update.seeds().get(i)));
        }
        return new DoneUpdate(losses, engine.update(update.rule()).norm());
    }

    static void requireSame(EngineState actual, EngineState expected) {
        assertThat(actual.parameters()).containsExactly(expected.parameters());
        assertThat(actual.firstMoment()).containsExactly(expected.firstMoment());
        assertThat(actual.secondMoment()).containsExactly(expected.secondMoment());
        assertThat(actual.gradient()).containsExactly(expected.gradient());
        assertThat(actual.updates()).isEqualTo(expected.updates());
        assertThat(actual.scale()).isEqualTo(expected.scale());
    }

    static EngineState begin(SplittableRandom random, TrainingEngine engine) {
        float[] parameters = new float[(int) engine.layout().size()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) (random.nextGaussian() * 0.1);
        }
        return beginWith(parameters);
    }

    static EngineState beginWith(float[] parameters) {
        int size = parameters.length;
        return new EngineState(parameters, new float[size], new float[size], new float[size], 0);
    }

    /** Micro-batches of different lengths. */
    static PlannedUpdate update(SplittableRandom random, int accumulation, int rows, UpdateRule rule) {
        List<Batch> batches = new ArrayList<>();
        List<Long> seeds = new ArrayList<>();
        for (int i = 0; i < accumulation; i++) {
            batches.add(tokens(random, rows, random.nextInt(5, 12)));
            seeds.add(random.nextLong());
        }
        return new PlannedUpdate(batches, 0.01f, seeds, rule);
    }

    static PlannedUpdate planned(List<Batch> batches, UpdateRule rule) {
        return new PlannedUpdate(batches, 0.01f, Collections.nCopies(batches.size(), 5L), rule);
    }

    static Batch tokens(SplittableRandom random, int rows, int length) {
        long[] ids = random.longs((long) rows * length, 0, 20).toArray();
        long[] mask = new long[ids.length];
        long[] labels = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            int at = i % length;
            mask[i] = at < length - i / length % length ? 1 : 0;
            labels[i] = at + 1 < length && mask[i] == 1 && at > 0 ? ids[i + 1] : Batch.IGNORED;
        }
        Shape shape = Shape.of(rows, length);
        return new Batch(
                Map.of("input_ids", HostTensor.ofLongs(shape, ids), "attention_mask", HostTensor.ofLongs(shape, mask)),
                Optional.of(HostTensor.ofLongs(shape, labels)),
                1,
                1);
    }

    static OrtTrainingEngine.Recipe recipe(String model, TrainingTarget target) {
        return recipe(Fixtures.path(model + "/base/model_dynamo.onnx"), target, GraphSettings.DEFAULT);
    }

    static OrtTrainingEngine.Recipe recipe(Path base, TrainingTarget target, GraphSettings settings) {
        return new OrtTrainingEngine.Recipe(base, target, new CrossEntropy(), ExpansionPasses.forTraining(), settings);
    }
}
