package dev.graft.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import dev.graft.training.adapter.Initialization;
import dev.graft.training.adapter.TrainedAdapter;
import dev.graft.training.expand.ExpansionPasses;
import dev.graft.training.graph.Biases;
import dev.graft.training.graph.CrossEntropy;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.step.Batch;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.LossScale;
import dev.graft.training.step.TrainableLayout.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole-model gradients against PyTorch's, which {@code fixtures/make/gradients.py} computed in float64. */
class GradientGoldenTest {
    private static final double TOLERANCE = 1e-5;
    /** Of float16's loss; the largest sums of losses here have gradients above a hundred. */
    private static final double SCALE = 64;

    @ParameterizedTest
    @CsvSource({
        "llama, lora_all_linear, model_dynamo.onnx",
        "llama, lora_all_linear, model_ts.onnx",
        "llama, lora_all_linear, model_unoptimized.onnx",
        "llama, lora_all_linear, model_external.onnx",
        "llama, lora_patterns, model_dynamo.onnx",
        "qwen2, lora, model_dynamo.onnx",
        "qwen2, lora, model_ts.onnx",
        "gpt2, lora_all_linear, model_dynamo.onnx",
        "gpt2, lora_all_linear, model_ts.onnx",
        "bert, lora_all_linear, model_dynamo.onnx",
        "bert, lora_all_linear, model_ts.onnx",
        "conv, lora, model_dynamo.onnx",
        "conv, lora, model_ts.onnx",
        "llama, dora, model_dynamo.onnx",
        "llama, dora, model_ts.onnx",
        "llama, dora, model_unoptimized.onnx",
        "llama, dora_rslora, model_dynamo.onnx",
        "qwen2, dora, model_dynamo.onnx",
        "qwen2, dora, model_ts.onnx",
        "gpt2, dora, model_dynamo.onnx",
        "gpt2, dora, model_ts.onnx",
        "qwen2, bias_all, model_dynamo.onnx",
        "qwen2, bias_all, model_ts.onnx",
        "qwen2, bias_lora_only, model_dynamo.onnx",
        "qwen2, bias_lora_only, model_ts.onnx",
        "qwen2, lora_bias_param, model_dynamo.onnx",
        "qwen2, lora_bias_param, model_ts.onnx",
        "gpt2, bias_all, model_dynamo.onnx",
        "gpt2, bias_all, model_ts.onnx",
        "gpt2, lora_bias_param, model_dynamo.onnx",
        "gpt2, lora_bias_param, model_ts.onnx",
        "bert, bias_all, model_dynamo.onnx",
        "bert, bias_all, model_ts.onnx",
        "conv, rslora_bias, model_dynamo.onnx",
        "conv, rslora_bias, model_ts.onnx",
        "llama, lora_embed, model_dynamo.onnx",
        "llama, lora_embed, model_ts.onnx",
        "llama, lora_embed, model_unoptimized.onnx",
        "qwen2, lora_embed_tied, model_dynamo.onnx",
        "qwen2, lora_embed_tied, model_ts.onnx",
        "gpt2, lora_wte_tied, model_dynamo.onnx",
        "gpt2, lora_wte_tied, model_ts.onnx",
        "bert, lora_embed, model_dynamo.onnx",
        "bert, lora_embed, model_ts.onnx"
    })
    void everyTensorsGradientIsThatOfPyTorch(String model, String variant, String export) {
        run(model, variant, export, DType.FLOAT32, (engine, goldens, loss) -> {
            double expected = goldens.get("loss").toDoubles()[0];
            assertThat(loss).isCloseTo(expected, within(TOLERANCE * Math.abs(expected)));
            assertThat(engine.layout().entries()).hasSize(goldens.size() - 2);
            float[] gradient = engine.state().gradient();
            engine.layout().entries().forEach(entry -> assertClose(entry, gradient, goldens));
            return null;
        });
    }

    /** Not further from float64 than twice what PyTorch's own autocast is, which {@code fixtures/make/autocast.py} measured. */
    @ParameterizedTest
    @MethodSource("autocastErrors")
    void inMixedPrecisionTheyAreAsCloseAsThoseOfPyTorch(String model, String variant, String format, double error) {
        DType low = DType.valueOf(format.toUpperCase(Locale.ROOT));
        for (String export : List.of("model_dynamo.onnx", "model_ts.onnx")) {
            double off = run(model, variant, export, low, (engine, goldens, loss) -> distance(engine, goldens));
            assertThat(off).as(export).isLessThan(2 * error).isGreaterThan(low.unitRoundoff() / 8);
        }
    }

    static Stream<Arguments> autocastErrors() throws IOException {
        return Files.readAllLines(Fixtures.path("autocast.tsv")).stream()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .map(cells -> Arguments.of(cells[0], cells[1], cells[2], Double.valueOf(cells[3])));
    }

    /** Runs a model with an adapter's values once, and looks at what came of it. */
    private static <T> T run(String model, String variant, String export, DType format, Look<T> look) {
        Path folder = Fixtures.path(model + "/" + variant);
        Adapter adapter = AdapterFiles.readAdapter(folder.resolve("adapter"), ReadOptions.DEFAULT);
        Map<String, Tensor> goldens =
                SafetensorsReader.read(folder.resolve("gradients.safetensors")).tensors();
        Path base = Fixtures.path(model + "/base/" + export);
        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe(base, adapter, format))) {
            TrainedAdapter trained = new TrainedAdapter(engine.layout(), scalings(adapter)::get, base, "LoRA");
            float[] values = trained.valuesOf(adapter);
            float[] zeros = new float[values.length];
            engine.restore(new EngineState(values, zeros, zeros, zeros, 0, new LossScale(SCALE, 0, 0)));
            double loss = engine.accumulate(batch(folder, goldens), 1, 0);
            return look.at(engine, goldens, loss);
        }
    }

    private interface Look<T> {
        T at(OrtTrainingEngine engine, Map<String, Tensor> goldens, double loss);
    }

    /** The norm of the error over the norm of the gradient. */
    private static double distance(OrtTrainingEngine engine, Map<String, Tensor> goldens) {
        EngineState state = engine.state();
        double off = 0;
        double whole = 0;
        for (Entry entry : engine.layout().entries()) {
            double[] expected = golden(entry, goldens);
            for (int i = 0; i < expected.length; i++) {
                off += Math.pow(
                        expected[i]
                                - state.gradient()[(int) entry.offset() + i]
                                        / state.scale().factor(),
                        2);
                whole += Math.pow(expected[i], 2);
            }
        }
        return Math.sqrt(off / whole);
    }

    @ParameterizedTest
    @CsvSource({
        "bert, model_dynamo.onnx",
        "bert, model_ts.onnx",
        "conv, model_dynamo.onnx",
        "conv, model_ts.onnx",
        "llama, model_dynamo.onnx"
    })
    void everyParametersGradientIsThatOfPyTorch(String model, String export) {
        Path folder = Fixtures.path(model + "/base");
        Map<String, Tensor> goldens =
                SafetensorsReader.read(folder.resolve("gradients.safetensors")).tensors();
        OrtTrainingEngine.Recipe recipe = new OrtTrainingEngine.Recipe(
                folder.resolve(export),
                TrainingTarget.full(),
                new CrossEntropy(),
                ExpansionPasses.forTraining(),
                GraphSettings.DEFAULT);

        try (OrtTrainingEngine engine = OrtTrainingEngine.open(recipe)) {
            float[] values = Initialization.of(engine.layout(), engine.stored(), Initialization.Factors.KAIMING, 1);
            engine.restore(new EngineState(
                    values, new float[values.length], new float[values.length], new float[values.length], 0));
            double loss = engine.accumulate(batch(folder, goldens), 1, 0);

            double expected = goldens.get("loss").toDoubles()[0];
            assertThat(loss).isCloseTo(expected, within(TOLERANCE * Math.abs(expected)));
            assertThat(engine.layout().entries())
                    .extracting(Entry::name)
                    .containsExactlyInAnyOrderElementsOf(goldens.keySet().stream()
                            .filter(name -> !name.equals("loss") && !name.equals("labels"))
                            .map(name -> name.substring("base_model.model.".length()))
                            .toList());
            float[] gradient = engine.state().gradient();
            engine.layout().entries().forEach(entry -> assertClose(entry, gradient, goldens));
        }
    }

    /** The error is relative to the tensor's largest gradient; where that is zero but for rounding, as for the bias of keys, to the model's. */
    private static void assertClose(Entry entry, float[] gradient, Map<String, Tensor> goldens) {
        double floor = 1e-2 * largest(gradient);
        double[] expected = golden(entry, goldens);
        double largest = 0;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            error = Math.max(error, Math.abs(expected[i] - gradient[(int) entry.offset() + i]));
        }
        assertThat(error / Math.max(largest, floor)).as(entry.name()).isLessThan(TOLERANCE);
    }

    private static double[] golden(Entry entry, Map<String, Tensor> goldens) {
        String name = "base_model.model." + entry.name();
        // PEFT's name of the bias of a module that has a pair
        Tensor golden = goldens.getOrDefault(name, goldens.get(name.replaceAll("bias$", "base_layer.bias")));
        return (entry.transposed() ? golden.transposed() : golden).toDoubles();
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static OrtTrainingEngine.Recipe recipe(Path base, Adapter adapter, DType format) {
        Map<String, Integer> ranks = adapter.lowRankChanges().stream()
                .collect(Collectors.toMap(LowRankChange::module, change -> (int) change.rank()));
        String modules = ranks.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|"));
        String whole = adapter.changes().stream()
                .filter(change -> change instanceof TensorReplacement saved
                        && !saved.parameter().equals("bias"))
                .map(change -> Pattern.quote(change.module()))
                .collect(Collectors.joining("|"));
        TrainingTarget pairs = TrainingTarget.of(modules, ranks::get, scalings(adapter)::get)
                .withWhole(whole.isEmpty() ? TrainingTarget.NONE : Pattern.compile(whole))
                .withBiases(Biases.valueOf(
                        adapter.details().getOrDefault("bias", "none").toUpperCase(Locale.ROOT)));
        LowRankChange first = adapter.lowRankChanges().get(0);
        TrainingTarget biased = first.biasDelta() == null ? pairs : pairs.withBranchBias();
        TrainingTarget target = first.isDora() ? biased.withDora() : biased;
        return new OrtTrainingEngine.Recipe(
                base, target, new CrossEntropy(), ExpansionPasses.forTraining(), GraphSettings.DEFAULT, format);
    }

    private static Map<String, Double> scalings(Adapter adapter) {
        return adapter.lowRankChanges().stream()
                .collect(Collectors.toMap(LowRankChange::module, LowRankChange::scaling));
    }

    private static Batch batch(Path folder, Map<String, Tensor> goldens) {
        Map<String, HostTensor> inputs = new TreeMap<>();
        SafetensorsReader.read(folder.resolve("io.safetensors")).tensors().forEach((name, tensor) -> {
            if (name.startsWith("in.")) {
                inputs.put(name.substring(3), HostTensor.of(tensor));
            }
        });
        return new Batch(inputs, Optional.of(HostTensor.of(goldens.get("labels"))), 1, 1);
    }
}
