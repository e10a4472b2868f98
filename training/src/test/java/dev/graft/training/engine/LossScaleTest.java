package dev.graft.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import dev.graft.training.step.EngineState;
import dev.graft.training.step.LossScale;
import dev.graft.training.step.TrainingEngine;
import dev.graft.training.step.UpdateRule;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Float16 on the processor, where ONNX Runtime computes it between casts. */
class LossScaleTest {
    private static final UpdateRule RULE = AdamW.ofLearningRate(1e-2).ruleAt(1);

    @Test
    void anUpdateIsThatOfFloat32ButForRounding() {
        float[] half = updated(DType.FLOAT16, LossScale.NONE);
        float[] single = updated(DType.FLOAT32, LossScale.NONE);

        assertThat(half).isNotEqualTo(single);
        double off = 0;
        for (int i = 0; i < half.length; i++) {
            off += Math.abs(half[i] - single[i]);
        }
        // Adam's first step is the rate in the gradient's direction: a tenth of it off is a gradient near zero
        assertThat(off / half.length).isLessThan(1e-3);
    }

    @Test
    void theFactorOfAPowerOfTwoChangesNothing() {
        float[] large = updated(DType.FLOAT16, new LossScale(1024, 0, 0));
        float[] larger = updated(DType.FLOAT16, new LossScale(4096, 0, 0));
        double off = 0;
        for (int i = 0; i < large.length; i++) {
            off = Math.max(off, Math.abs(large[i] - larger[i]));
        }
        // but where a small factor leaves subnormal numbers
        assertThat(off).isLessThan(2e-3);
    }

    @Test
    void gradientsThatOverflowSkipTheUpdateAndHalveTheFactorUntilTheyFit() {
        try (OrtTrainingEngine engine = open(DType.FLOAT16)) {
            float[] first = parameters(engine);
            engine.restore(
                    new EngineState(first, zeros(first), zeros(first), zeros(first), 0, new LossScale(0x1p24, 7, 2)));
            LossScale scale = engine.state().scale();
            TrainingEngine.Updated updated = null;
            int skipped = 0;
            for (boolean done = false; !done; skipped++) {
                assertThat(skipped).isLessThan(24);
                engine.accumulate(batch(), 1, 0);
                updated = engine.update(RULE);
                done = !updated.skipped();
                if (!done) {
                    assertThat(updated.norm()).isNotFinite();
                    assertThat(engine.state().parameters()).containsExactly(first);
                    assertThat(engine.state().gradient()).containsOnly(0);
                    assertThat(engine.state().updates()).isZero();
                    assertThat(engine.state().scale())
                            .isEqualTo(new LossScale(scale.factor() / 2, 0, scale.skipped() + 1));
                    scale = engine.state().scale();
                }
            }
            assertThat(skipped).isGreaterThan(1);
            assertThat(updated.norm()).isFinite();
            assertThat(engine.state().scale()).isEqualTo(new LossScale(scale.factor(), 1, scale.skipped()));
            assertThat(engine.state().parameters()).isNotEqualTo(first);
        }
    }

    @Test
    void whereTheFactorIsOneAnOverflowIsNotItsFault() {
        try (OrtTrainingEngine engine = open(DType.FLOAT16)) {
            float[] first = parameters(engine);
            engine.restore(new EngineState(first, zeros(first), zeros(first), zeros(first), 0, new LossScale(1, 3, 5)));
            engine.accumulate(batch(), 1e9f, 0);
            TrainingEngine.Updated updated = engine.update(RULE);

            assertThat(updated.skipped()).isFalse();
            assertThat(updated.norm()).isNotFinite();
            assertThat(engine.state().parameters()).containsExactly(first);
            assertThat(engine.firstNotFinite()).isPresent();
        }
    }

    /** torch.amp.GradScaler: 65536 at first, doubled behind 2000 updates, halved by an overflow. */
    @Test
    void theFactorMovesAsPyTorchs() {
        LossScale scale = LossScale.START;
        for (int i = 0; i < 1999; i++) {
            scale = scale.afterUpdate();
        }
        assertThat(scale).isEqualTo(new LossScale(65536, 1999, 0));
        assertThat(scale.updatesToChange()).isEqualTo(1);
        assertThat(scale.afterOverflow()).isEqualTo(new LossScale(32768, 0, 1));
        assertThat(scale.afterUpdate()).isEqualTo(new LossScale(131072, 0, 0));
    }

    @Test
    void inFloat32AndInBfloat16NothingIsScaled() {
        for (DType format : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
            try (OrtTrainingEngine engine = open(format)) {
                engine.restore(state(parameters(engine), LossScale.NONE));
                engine.accumulate(batch(), 1, 0);
                engine.update(RULE);
                assertThat(engine.state().scale()).isEqualTo(LossScale.NONE);
            }
        }
    }

    /** From the scale that a run begins with; updates that it costs are the first ones. */
    @Test
    void aRunInSixteenBitsLearnsWhatOneInFloat32Learns() {
        double single = lossBehind(60, DType.FLOAT32);
        assertThat(lossBehind(60, DType.BFLOAT16)).isCloseTo(single, within(0.05 * single));
        assertThat(lossBehind(60, DType.FLOAT16)).isCloseTo(single, within(0.05 * single));
        assertThat(single).isLessThan(0.5 * lossBehind(0, DType.FLOAT32));
    }

    private static double lossBehind(int updates, DType format) {
        try (OrtTrainingEngine engine = open(format)) {
            engine.restore(state(parameters(engine), LossScale.NONE));
            for (int i = 0; i < updates; i++) {
                engine.accumulate(batch(), 0.2f, 0);
                if (engine.update(RULE).skipped()) {
                    i--;
                }
            }
            return engine.evaluate(batch()).loss();
        }
    }

    private static float[] updated(DType format, LossScale scale) {
        try (OrtTrainingEngine engine = open(format)) {
            engine.restore(state(parameters(engine), scale));
            engine.accumulate(batch(), 0.2f, 0);
            TrainingEngine.Updated updated = engine.update(RULE);
            assertThat(updated.skipped()).isFalse();
            assertThat(updated.norm()).isCloseTo(norm(), within(0.01 * norm()));
            return engine.state().parameters();
        }
    }

    private static double norm() {
        try (OrtTrainingEngine engine = open(DType.FLOAT32)) {
            engine.restore(state(parameters(engine), LossScale.NONE));
            engine.accumulate(batch(), 0.2f, 0);
            return engine.update(RULE).norm();
        }
    }

    private static OrtTrainingEngine open(DType format) {
        return OrtTrainingEngine.open(new OrtTrainingEngine.Recipe(
                Fixtures.path("llama/base/model_dynamo.onnx"),
                TrainingTarget.of("all-linear", 4, 2),
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                GraphSettings.DEFAULT,
                format));
    }

    private static float[] parameters(OrtTrainingEngine engine) {
        Random random = new Random(3);
        float[] values = new float[(int) engine.layout().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / 8;
        }
        return values;
    }

    private static EngineState state(float[] values, LossScale scale) {
        return new EngineState(values, zeros(values), zeros(values), zeros(values), 0, scale);
    }

    private static float[] zeros(float[] like) {
        return new float[like.length];
    }

    private static Batch batch() {
        HostTensor tokens = HostTensor.ofLongs(Shape.of(2, 4), 5, 9, 17, 3, 2, 8, 11, 1);
        HostTensor mask = HostTensor.ofLongs(Shape.of(2, 4), 1, 1, 1, 1, 1, 1, 1, 0);
        HostTensor labels =
                HostTensor.ofLongs(Shape.of(2, 4), 9, 17, 3, Batch.IGNORED, 8, 11, Batch.IGNORED, Batch.IGNORED);
        return new Batch(Map.of("input_ids", tokens, "attention_mask", mask), Optional.of(labels), 5, 7);
    }
}
