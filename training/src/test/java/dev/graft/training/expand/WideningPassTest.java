package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.testing.Fixtures;
import dev.graft.training.engine.OrtTrainingEngine;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.SquaredError;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file in 16 bits trains as the float32 file with the same numbers does. */
class WideningPassTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "llama/base/model_ts.onnx, FLOAT16",
        "llama/base/model_ts.onnx, BFLOAT16",
        "llama/base/model_dynamo.onnx, BFLOAT16",
        "llama/base/model_unoptimized.onnx, FLOAT16",
        "gpt2/base/model_ts.onnx, BFLOAT16"
    })
    void theGradientIsThatOfTheSameNumbersInSinglePrecision(String file, DType format) {
        OnnxModel half = changed(file, data -> narrow(data, format));
        narrowTypes(half, format);
        Path narrow = written(half, "half.onnx");
        Path rounded = written(changed(file, data -> wide(narrow(data, format))), "rounded.onnx");

        assertThat(gradient(narrow)).containsExactly(gradient(rounded)).doesNotContain(Float.NaN);
    }

    /** Made by PyTorch from models in 16 bits; their inputs and outputs are too. */
    @ParameterizedTest
    @ValueSource(strings = {"mlp_fp16", "mlp_bf16"})
    void exportsInSixteenBitsTrain(String model) {
        OrtTrainingEngine.Recipe recipe = new OrtTrainingEngine.Recipe(
                Fixtures.path(model + "/base/model_dynamo.onnx"),
                TrainingTarget.of("all-linear", 2, 1).withDropout(0.1),
                new SquaredError(),
                ExpansionPasses.forTraining(),
                GraphSettings.DEFAULT);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe)) {
            engine.restore(state((int) engine.layout().size()));
            OnnxModel base = ModelReader.read(recipe.base());
            Map<String, HostTensor> inputs = random(base.graph().inputs().get(0));
            HostTensor labels =
                    random(base.graph().outputs().get(0)).values().iterator().next();
            double loss = engine.accumulate(new Batch(inputs, Optional.of(labels), 1, 1), 1, 3);

            assertThat(loss).isFinite().isPositive();
            double largest = 0;
            for (float value : engine.state().gradient()) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(largest).isFinite().isGreaterThan(1e-3);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT16", "BFLOAT16"})
    void whatHoldsAFormatHoldsFloat32Afterwards(DType format) {
        OnnxModel model = changed("llama/base/model_unoptimized.onnx", data -> narrow(data, format));
        narrowTypes(model, format);

        new WideningPass().call(model);

        assertThat(model.graph().values())
                .filteredOn(value -> value.constant().isEmpty() && value.type().isPresent())
                .noneMatch(value -> value.type().orElseThrow().dtype() == format);
        assertThat(model.graph().nodes())
                .filteredOn(node -> node.is("Cast"))
                .noneMatch(node -> node.intAttribute("to", 0) == format.onnxNumber());
        assertThat(new WideningPass()
                        .call(ModelReader.read(Fixtures.path("llama/base/model_ts.onnx")))
                        .modified())
                .isFalse();
    }

    private static Map<String, HostTensor> random(Value value) {
        long[] shape = value.type().orElseThrow().dims().orElseThrow().stream()
                .mapToLong(dim -> dim instanceof Dim.Fixed fixed ? fixed.length() : 3)
                .toArray();
        float[] values = new float[(int) Shape.of(shape).elements()];
        Random random = new Random(5);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Map.of(value.name(), HostTensor.ofFloats(Shape.of(shape), values));
    }

    private static OnnxModel changed(String file, UnaryOperator<TensorData> change) {
        OnnxModel model = ModelReader.read(Fixtures.path(file));
        GraphEditor editor = new GraphEditor(model);
        for (Value value : List.copyOf(model.graph().initializers())) {
            value.initializer()
                    .filter(data -> data.dtype() == DType.FLOAT32)
                    .ifPresent(data -> editor.setInitializer(value, change.apply(data)));
        }
        for (Node node : model.graph().nodes()) {
            for (Attribute attribute : List.copyOf(node.attributes())) {
                if (attribute.value() instanceof Attribute.TensorValue constant
                        && constant.tensor().dtype() == DType.FLOAT32) {
                    editor.setAttribute(node, Attribute.of(attribute.name(), change.apply(constant.tensor())));
                }
            }
        }
        return model;
    }

    private static void narrowTypes(OnnxModel model, DType format) {
        GraphEditor editor = new GraphEditor(model);
        for (Value value : List.copyOf(model.graph().values())) {
            value.type()
                    .filter(type -> type.dtype() == DType.FLOAT32)
                    .ifPresent(type -> editor.setType(value, type.withDtype(format)));
        }
        model.graph().nodes().stream()
                .filter(node -> node.is("Cast") && node.intAttribute("to", 0) == DType.FLOAT32.onnxNumber())
                .forEach(node -> editor.setAttribute(node, Attribute.of("to", format.onnxNumber())));
    }

    private static TensorData narrow(TensorData data, DType format) {
        return TensorData.of(data.tensor("narrow").inFormat(format).inMemory());
    }

    private static TensorData wide(TensorData data) {
        return TensorData.of(data.tensor("wide").inFormat(DType.FLOAT32).inMemory());
    }

    private Path written(OnnxModel model, String name) {
        Path file = folder.resolve(name);
        ModelWriter.write(model, file);
        return file;
    }

    private static float[] gradient(Path model) {
        OrtTrainingEngine.Recipe recipe = new OrtTrainingEngine.Recipe(
                model,
                TrainingTarget.of("all-linear", 4, 2),
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                GraphSettings.DEFAULT);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe)) {
            engine.restore(state((int) engine.layout().size()));
            HostTensor tokens = HostTensor.ofLongs(Shape.of(2, 4), 5, 9, 17, 3, 2, 8, 11, 1);
            HostTensor mask = HostTensor.ofLongs(Shape.of(2, 4), 1, 1, 1, 1, 1, 1, 1, 0);
            HostTensor labels =
                    HostTensor.ofLongs(Shape.of(2, 4), 9, 17, 3, Batch.IGNORED, 8, 11, Batch.IGNORED, Batch.IGNORED);
            engine.accumulate(
                    new Batch(Map.of("input_ids", tokens, "attention_mask", mask), Optional.of(labels), 5, 7), 1, 0);
            return engine.state().gradient();
        }
    }

    private static EngineState state(int size) {
        Random random = new Random(1);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian() / 8;
        }
        return new EngineState(values, new float[size], new float[size], new float[size], 0);
    }
}
