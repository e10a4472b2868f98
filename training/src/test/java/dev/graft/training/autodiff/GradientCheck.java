package dev.graft.training.autodiff;

import ai.onnxruntime.OrtException;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelVerifier;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.reference.Float64Pass;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.training.autodiff.rules.GradientRules;
import dev.graft.training.types.GraphTypes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Compares the gradients that the table gives with central differences of the forward graph, both computed by ONNX Runtime.
 *
 * @param forward makes the model afresh
 * @param feeds its inputs
 * @param wanted the inputs whose gradients are checked
 * @param step the distance of the differences in float32; in float64 it is smaller
 * @param most how many elements of an input are checked, chosen at random
 */
public record GradientCheck(
        Supplier<OnnxModel> forward, Map<String, HostTensor> feeds, List<String> wanted, double step, int most) {

    /** How far apart the points of differences in float64 are at most. */
    private static final double IN_DOUBLE = 1e-3;

    /**
     * What came out.
     *
     * @param worst the greatest deviation, relative to the greatest gradient of its input where that is above 1
     * @param where the input and element of it, with both numbers
     * @param none the inputs for which no gradient was made
     * @param inDouble whether the differences were computed in float64
     */
    public record Outcome(double worst, String where, List<String> none, boolean inDouble) {}

    /** Differentiates, runs and compares. */
    public Outcome run() throws OrtException {
        OnnxModel reference = forward.get();
        boolean islands = widen(reference);
        Map<String, HostTensor> referenceFeeds = islands ? feeds : wide(feeds);
        try (GraphRun run = GraphRun.open(islands ? forward.get() : reference, false, referenceFeeds)) {
            Map<String, HostTensor> outputs = run.outputs();
            Map<String, HostTensor> cotangents = cotangents(outputs);
            Map<String, HostTensor> gradients = gradients(cotangents);
            Map<String, double[]> weights = new LinkedHashMap<>();
            cotangents.forEach((name, cotangent) -> weights.put(name, cotangent.toDoubles()));
            return compare(new CentralDifferences(run, weights), gradients, islands);
        }
    }

    /** The gradients of the sum of all outputs. */
    public Map<String, HostTensor> ofSum() throws OrtException {
        Map<String, HostTensor> ones = new LinkedHashMap<>();
        try (GraphRun run = GraphRun.open(forward.get(), false, feeds)) {
            run.outputs().forEach((name, output) -> {
                double[] values = new double[output.elements()];
                Arrays.fill(values, 1);
                ones.put(name, HostTensor.ofDoubles(DType.FLOAT64, output.shape(), values));
            });
        }
        return gradients(ones);
    }

    /** Whether some of the model stays in single precision. */
    private static boolean widen(OnnxModel model) {
        Float64Pass pass = new Float64Pass();
        pass.call(model);
        return !pass.islands().isEmpty();
    }

    private static Map<String, HostTensor> wide(Map<String, HostTensor> feeds) {
        Map<String, HostTensor> wide = new LinkedHashMap<>();
        feeds.forEach((name, feed) -> wide.put(
                name,
                feed.dtype().isFloat() ? HostTensor.ofDoubles(DType.FLOAT64, feed.shape(), feed.toDoubles()) : feed));
        return wide;
    }

    /** Random numbers that float32 holds exactly, for every floating-point output. */
    private static Map<String, HostTensor> cotangents(Map<String, HostTensor> outputs) {
        Random random = new Random(17);
        Map<String, HostTensor> cotangents = new LinkedHashMap<>();
        outputs.forEach((name, output) -> {
            if (output.dtype().isFloat()) {
                double[] values = random.doubles(output.elements(), -1, 1)
                        .map(value -> (float) value)
                        .toArray();
                cotangents.put(name, HostTensor.ofDoubles(DType.FLOAT64, output.shape(), values));
            }
        });
        return cotangents;
    }

    private Map<String, HostTensor> gradients(Map<String, HostTensor> cotangents) throws OrtException {
        OnnxModel model = forward.get();
        GraphTypes types = GraphTypes.of(model);
        GraphEditor editor = new GraphEditor(model);
        Map<String, HostTensor> inputs = new LinkedHashMap<>(feeds);
        Map<Value, Value> seeds = new LinkedHashMap<>();
        for (Value output : List.copyOf(model.graph().outputs())) {
            HostTensor cotangent = cotangents.get(output.name());
            if (cotangent != null) {
                ValueType type = types.type(output).orElseThrow();
                Value seed = editor.addGraphInput(model.graph(), "cotangent/" + output.name(), type);
                seeds.put(output, seed);
                inputs.put(seed.name(), HostTensor.ofDoubles(type.dtype(), cotangent.shape(), cotangent.toDoubles()));
            }
        }
        Map<String, String> names = new LinkedHashMap<>();
        List<Value> trained = wanted.stream()
                .map(name -> model.graph().find(name).orElseThrow())
                .toList();
        new Differentiator(GradientRules.TABLE, model, types)
                .differentiate(seeds, trained)
                .forEach((value, gradient) -> {
                    if (!gradient.isGraphOutput()) {
                        editor.addGraphOutput(gradient);
                    }
                    names.put(value.name(), gradient.name());
                });
        return run(model, inputs, names);
    }

    private static Map<String, HostTensor> run(
            OnnxModel model, Map<String, HostTensor> inputs, Map<String, String> names) throws OrtException {
        List<String> problems = ModelVerifier.problems(model);
        if (!problems.isEmpty()) {
            throw new AssertionError("the graph with gradients is not well-formed: " + problems);
        }
        Map<String, HostTensor> gradients = new LinkedHashMap<>();
        boolean single = inputs.values().stream().anyMatch(input -> input.dtype() == DType.FLOAT32);
        // ONNX Runtime's fusions have no double kernels
        try (GraphRun run = GraphRun.open(model, single, inputs)) {
            Map<String, HostTensor> outputs = run.outputs();
            names.forEach((input, gradient) ->
                    gradients.put(input, java.util.Objects.requireNonNull(outputs.get(gradient), gradient)));
        }
        return gradients;
    }

    private Outcome compare(CentralDifferences differences, Map<String, HostTensor> gradients, boolean islands) {
        double distance = islands ? step : Math.min(step, IN_DOUBLE);
        double worst = 0;
        String where = "";
        for (String name : wanted) {
            HostTensor feed = java.util.Objects.requireNonNull(feeds.get(name));
            double[] given = given(gradients, name, feed.shape());
            int[] elements = new Random(5)
                    .ints(0, Math.max(1, given.length))
                    .distinct()
                    .limit(Math.min(most, given.length))
                    .toArray();
            double[] expected = java.util.stream.IntStream.of(elements)
                    .mapToDouble(element -> differences.at(name, element, distance))
                    .toArray();
            // where the function itself is not defined on both sides, differences say nothing
            double scale = java.util.stream.DoubleStream.of(expected)
                    .filter(Double::isFinite)
                    .map(Math::abs)
                    .max()
                    .orElse(0);
            for (int i = 0; i < elements.length; i++) {
                double deviation = Math.abs(given[elements[i]] - expected[i]) / Math.max(1, scale);
                if (!(deviation <= worst) && Double.isFinite(expected[i])) {
                    worst = Double.isNaN(deviation) ? Double.POSITIVE_INFINITY : deviation;
                    where = name + "[" + elements[i] + "] of " + feed + ": got " + given[elements[i]]
                            + ", differences say " + expected[i];
                }
            }
        }
        List<String> none =
                wanted.stream().filter(name -> !gradients.containsKey(name)).toList();
        return new Outcome(worst, where, none, !islands);
    }

    /** The gradient of an input, zeros where none was made. */
    private static double[] given(Map<String, HostTensor> gradients, String name, Shape shape) {
        HostTensor gradient = gradients.get(name);
        if (gradient == null) {
            return new double[(int) shape.elements()];
        }
        if (!gradient.shape().equals(shape)) {
            throw new AssertionError("the gradient of " + name + " is " + gradient + ", expected the shape " + shape);
        }
        return gradient.toDoubles();
    }
}
