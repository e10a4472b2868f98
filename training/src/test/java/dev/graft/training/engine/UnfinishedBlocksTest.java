package dev.graft.training.engine;

import static dev.graft.training.engine.PlannedUpdates.CLIPPED;
import static dev.graft.training.engine.PlannedUpdates.begin;
import static dev.graft.training.engine.PlannedUpdates.oneByOne;
import static dev.graft.training.engine.PlannedUpdates.planned;
import static dev.graft.training.engine.PlannedUpdates.recipe;
import static dev.graft.training.engine.PlannedUpdates.requireSame;
import static dev.graft.training.engine.PlannedUpdates.scaled;
import static dev.graft.training.engine.PlannedUpdates.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.run.plan.AdamW;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.LossScale;
import dev.graft.training.step.PlannedUpdate;
import dev.graft.training.step.UpdateRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Blocks that end early, or that are not done: those are as if nobody had tried. */
class UnfinishedBlocksTest {
    @Test
    void aBlockEndsWhereTheLossScaleGrows() {
        SplittableRandom random = new SplittableRandom(59);
        List<PlannedUpdate> planned = List.of(
                update(random, 1, 3, CLIPPED.ruleAt(1)),
                update(random, 1, 3, CLIPPED.ruleAt(1)),
                update(random, 1, 3, CLIPPED.ruleAt(1)));
        try (OrtTrainingEngine one = OrtTrainingEngine.open(recipe(DType.FLOAT16));
                OrtTrainingEngine block = OrtTrainingEngine.open(recipe(DType.FLOAT16), 3)) {
            EngineState first = scaled(begin(random, one), new LossScale(1024, 1998, 0));
            one.restore(first);
            block.restore(first);

            assertThat(block.updatesPerCall()).isEqualTo(2);
            assertThat(block.updateAll(planned)).isEmpty();
            requireSame(one, block, planned.subList(0, 2));
            assertThat(block.state().scale()).isEqualTo(new LossScale(2048, 0, 0));
            assertThat(block.updatesPerCall()).isEqualTo(3);
        }
    }

    @Test
    void anOverflowUnderTheLossScaleInABlockChangesNothing() {
        SplittableRandom random = new SplittableRandom(61);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe(DType.FLOAT16), 3)) {
            EngineState first = scaled(begin(random, engine), new LossScale(0x1p24, 7, 2));
            engine.restore(first);
            PlannedUpdate update = update(random, 1, 3, CLIPPED.ruleAt(1));

            assertThat(engine.updateAll(List.of(update))).isEmpty();
            requireSame(engine.state(), first);
            assertThat(engine.updatesPerCall()).isEqualTo(3);
            assertThat(oneByOne(engine, update).norm()).as("as one by one").isNotFinite();
        }
    }

    @Test
    void aBlockWithANumberThatIsNotFiniteChangesNothing() {
        SplittableRandom random = new SplittableRandom(43);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe("llama", TrainingTarget.of("q_proj", 4, 2)), 3)) {
            EngineState first = begin(random, engine);
            engine.restore(first);
            UpdateRule tooFast = AdamW.ofLearningRate(1e38).ruleAt(1);
            List<PlannedUpdate> planned = List.of(
                    update(random, 1, 3, CLIPPED.ruleAt(1)),
                    update(random, 1, 3, tooFast),
                    update(random, 1, 3, tooFast));

            assertThat(engine.updateAll(planned)).isEmpty();
            requireSame(engine.state(), first);
            assertThat(engine.updatesPerCall()).isEqualTo(3);
            assertThat(engine.updateAll(planned.subList(0, 1)).orElseThrow())
                    .singleElement()
                    .satisfies(done -> assertThat(done.isFinite()).isTrue());
            assertThat(engine.state().updates()).isEqualTo(1);
        }
    }

    /** The vocabulary has 24 tokens. */
    @Test
    void aBlockThatCannotBeRunChangesNothingAndIsTheLast() {
        SplittableRandom random = new SplittableRandom(47);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe("llama", TrainingTarget.of("q_proj", 4, 2)), 3)) {
            EngineState first = begin(random, engine);
            engine.restore(first);
            PlannedUpdate good = update(random, 1, 3, CLIPPED.ruleAt(1));
            long[] ids = {1, 1000, 2};
            HostTensor tokens = HostTensor.ofLongs(Shape.of(1, 3), ids);
            Batch bad = new Batch(
                    Map.of("input_ids", tokens, "attention_mask", HostTensor.ofLongs(Shape.of(1, 3), 1, 1, 1)),
                    Optional.of(tokens),
                    1,
                    1);

            assertThat(engine.updateAll(List.of(good, planned(List.of(bad), CLIPPED.ruleAt(1)))))
                    .isEmpty();
            requireSame(engine.state(), first);
            assertThat(engine.updatesPerCall()).isZero();
            assertThat(engine.updateAll(List.of(good))).isEmpty();
            assertThat(oneByOne(engine, good).isFinite()).isTrue();
        }
    }

    @Test
    void whatCannotBeToldApartByShapesIsNotJoined() {
        HostTensor row = HostTensor.ofLongs(Shape.of(1, 2), 3, 4);

        assertThat(BlockInputs.canJoin(List.of(row, HostTensor.ofLongs(Shape.of(2, 3), 1, 2, 3, 4, 5, 6))))
                .isTrue();
        assertThat(BlockInputs.canJoin(List.of(row, HostTensor.ofLongs(Shape.of(2), 1, 2))))
                .isFalse();
        assertThat(BlockInputs.canJoin(List.of(row, HostTensor.ofFloats(Shape.of(1, 2), 1, 2))))
                .isFalse();
        assertThat(BlockInputs.canJoin(List.of(row, HostTensor.ofLongs(Shape.of(1, 0)))))
                .isFalse();
    }
}
