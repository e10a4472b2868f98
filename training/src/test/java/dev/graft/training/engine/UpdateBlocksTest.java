package dev.graft.training.engine;

import static dev.graft.training.engine.PlannedUpdates.CLIPPED;
import static dev.graft.training.engine.PlannedUpdates.begin;
import static dev.graft.training.engine.PlannedUpdates.beginWith;
import static dev.graft.training.engine.PlannedUpdates.planned;
import static dev.graft.training.engine.PlannedUpdates.recipe;
import static dev.graft.training.engine.PlannedUpdates.requireSame;
import static dev.graft.training.engine.PlannedUpdates.scaled;
import static dev.graft.training.engine.PlannedUpdates.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import dev.graft.training.adapter.Initialization;
import dev.graft.training.graph.Biases;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.run.plan.AdamW;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.LossScale;
import dev.graft.training.step.PlannedUpdate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several updates in one call against the same updates one by one, on the same engine's other graphs: to the bit. */
class UpdateBlocksTest {
    private static final AdamW LORA_PLUS =
            AdamW.ofLearningRate(0.01).withMaxGradientNorm(0).withLoraPlus(16, 1e-3);

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 1", "8, 1", "1, 3", "3, 3", "8, 3"})
    void aBlockGivesTheBitsOfItsUpdatesOneByOne(int updates, int accumulation) {
        requireSameBits(recipe("llama", TrainingTarget.of("all-linear", 4, 2)), updates, accumulation, 3, CLIPPED);
    }

    /** 200 rows are more than a chunk, whatever their length. */
    @ParameterizedTest
    @CsvSource({"2, 1", "3, 2"})
    void batchesThatAreCutIntoChunksAreCutInABlockToo(int updates, int accumulation) {
        TrainingTarget target = TrainingTarget.of(".*(q|v)_proj", 4, 2).withDropout(0.3);
        requireSameBits(recipe("llama", target), updates, accumulation, 200, CLIPPED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dropoutAndLoraPlusAreThoseOfEachUpdate(boolean dora) {
        TrainingTarget target = TrainingTarget.of("all-linear", 4, 2);
        requireSameBits(recipe("llama", dora ? target.withDora() : target.withDropout(0.5)), 3, 2, 3, LORA_PLUS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama/base/model_ts.onnx",
                "llama/base/model_unoptimized.onnx",
                "llama/base/model_external.onnx",
                "gpt2/base/model_ts.onnx",
                "gpt2/base/model_dynamo.onnx",
                "qwen2/base/model_ts.onnx",
                "qwen2/base/model_dynamo.onnx"
            })
    void theBitsAreTheSameOnEveryExport(String base) {
        TrainingTarget target = TrainingTarget.of("all-linear", 4, 2).withBiases(Biases.ALL);
        requireSameBits(recipe(Fixtures.path(base), target, GraphSettings.DEFAULT), 3, 2, 3, CLIPPED);
    }

    /** Classes of texts and of images, with all of the model's weights; the batches have the fixtures' own inputs. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert/base/model_dynamo.onnx",
                "bert/base/model_ts.onnx",
                "conv/base/model_dynamo.onnx",
                "conv/base/model_ts.onnx"
            })
    void wholeWeightsOfOtherModelsAreUpdatedAlike(String base) {
        Path file = Fixtures.path(base);
        Batch batch = fixture(file.resolveSibling("io.safetensors"), file.resolveSibling("gradients.safetensors"));
        OrtTrainingEngine.Recipe recipe = recipe(file, TrainingTarget.full(), GraphSettings.DEFAULT);
        try (OrtTrainingEngine one = OrtTrainingEngine.open(recipe);
                OrtTrainingEngine block = OrtTrainingEngine.open(recipe, 3)) {
            float[] values = Initialization.of(one.layout(), one.stored(), Initialization.Factors.KAIMING, 1);
            one.restore(beginWith(values));
            block.restore(beginWith(values));
            requireSame(one, block, Collections.nCopies(3, planned(List.of(batch, batch), CLIPPED.ruleAt(1))));
        }
    }

    private static Batch fixture(Path io, Path goldens) {
        Map<String, HostTensor> inputs = new TreeMap<>();
        SafetensorsReader.read(io).tensors().forEach((name, tensor) -> {
            if (name.startsWith("in.")) {
                inputs.put(name.substring(3), HostTensor.of(tensor));
            }
        });
        Tensor labels = SafetensorsReader.read(goldens).tensors().get("labels");
        return new Batch(inputs, Optional.of(HostTensor.of(labels)), 1, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theBitsDoNotDependOnTheNumberOfThreads(int threads) {
        GraphSettings settings = GraphSettings.DEFAULT.withThreads(threads);
        Path base = Fixtures.path("llama/base/model_dynamo.onnx");
        SplittableRandom random = new SplittableRandom(41);
        List<PlannedUpdate> planned = List.of(update(random, 2, 200, CLIPPED.ruleAt(1)));
        OrtTrainingEngine.Recipe recipe = recipe(base, TrainingTarget.of("q_proj", 4, 2), settings);
        try (OrtTrainingEngine one = OrtTrainingEngine.open(recipe("llama", TrainingTarget.of("q_proj", 4, 2)));
                OrtTrainingEngine block = OrtTrainingEngine.open(recipe, 2)) {
            EngineState first = begin(random, one);
            one.restore(first);
            block.restore(first);
            requireSame(one, block, planned);
        }
    }

    /** Of the sample's model: 6 texts of 16 tokens, the last chunk of these, have other bits on 2 threads than on 1. */
    @Test
    void aChunkHasAsManyThreadsAsOneByOne() {
        OrtTrainingEngine.Recipe recipe = recipe(
                Fixtures.repository().resolve("samples/language-model/base/model.onnx"),
                TrainingTarget.of("all-linear", 8, 2),
                GraphSettings.DEFAULT.withThreads(2));
        SplittableRandom random = new SplittableRandom(53);
        PlannedUpdate cut = planned(List.of(texts(random, 38, 16)), CLIPPED.ruleAt(1));
        PlannedUpdate whole = planned(List.of(texts(random, 6, 16)), CLIPPED.ruleAt(1));
        try (OrtTrainingEngine one = OrtTrainingEngine.open(recipe);
                OrtTrainingEngine block = OrtTrainingEngine.open(recipe, 2)) {
            EngineState first = begin(random, one);
            one.restore(first);
            block.restore(first);
            requireSame(one, block, List.of(cut, cut));
            requireSame(one, block, List.of(whole, whole));
            assertThat(block.updateAll(List.of(cut, whole))).isEmpty();
            requireSame(block.state(), one.state());
            assertThat(block.updatesPerCall()).isEqualTo(2);
        }
    }

    private static Batch texts(SplittableRandom random, int rows, int length) {
        Shape shape = Shape.of(rows, length);
        int count = rows * length;
        HostTensor ids = HostTensor.ofLongs(shape, random.longs(count, 0, 1000).toArray());
        long[] mask = random.longs(count, 1, 2).toArray();
        return new Batch(
                Map.of("input_ids", ids, "attention_mask", HostTensor.ofLongs(shape, mask)), Optional.of(ids), 1, 1);
    }

    /** On the processor ONNX Runtime computes 16 bits between casts; the loss of float16 is scaled. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT16", "BFLOAT16"})
    void productsIn16BitsHaveTheSameBitsToo(DType format) {
        requireSameBits(recipe(format), 3, 2, 3, CLIPPED);
    }

    private static void requireSameBits(
            OrtTrainingEngine.Recipe recipe, int updates, int accumulation, int rows, AdamW optimiser) {
        SplittableRandom random = new SplittableRandom(updates * 10L + accumulation);
        try (OrtTrainingEngine one = OrtTrainingEngine.open(recipe);
                OrtTrainingEngine block = OrtTrainingEngine.open(recipe, updates + 1)) {
            assertThat(block.updatesPerCall()).isEqualTo(updates + 1);
            // the scale that a run in float16 begins with overflows
            EngineState first = scaled(begin(random, one), new LossScale(1024, 0, 0));
            one.restore(first);
            block.restore(first);
            for (int call = 0; call < 2; call++) {
                List<PlannedUpdate> planned = new ArrayList<>();
                for (int i = 0; i < updates; i++) {
                    planned.add(update(random, accumulation, rows, optimiser.ruleAt(1.0 / (i + 1))));
                }
                requireSame(one, block, planned);
            }
        }
    }
}
