package dev.graft.training.types;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.error.GraftException;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.inputs.SampleSize;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.OrtTensors;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.testing.Fixtures;
import dev.graft.testing.Shared;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real models are run in several sizes with all their values as outputs: whatever is said of a value before must be so. */
class TrueInRealModelsTest {
    private static final List<SampleSize> SIZES =
            List.of(new SampleSize(2, 5), new SampleSize(3, 7), new SampleSize(1, 4), new SampleSize(4, 1));
    private static final long CACHED = 3;

    /** How many values of a model have a dimension without a name or no rank, in ONNX Runtime's eyes and in ours. */
    private record Figures(String model, int runs, int values, int before, int after) {}

    @Test
    void whatIsSaidOfTheFixturesIsSo() throws Exception {
        List<Figures> all = check(Fixtures.path("llama").getParent());

        // ONNX Runtime has no product of bfloat16 on the processor, so that model cannot even be asked about
        assertThat(all).filteredOn(figures -> figures.runs() > 0).hasSizeGreaterThanOrEqualTo(17);
        assertThat(sum(all, Figures::before)).isGreaterThan(300);
        // the output of a Loop, and the five of the If around a merged decoder
        assertThat(sum(all, Figures::after)).isEqualTo(6);
    }

    /** What is left are the outputs of Loops with what follows from them, and the lengths of caches. */
    @ParameterizedTest
    @CsvSource({"models/graph_zoo, 21, 3032", "models/stories260K, 7, 50", "conformance/exports, 11, 20"})
    void whatIsSaidOfRealModelsIsSo(String folder, int running, int unnamed) throws Exception {
        List<Figures> all = check(Shared.path(folder));

        assertThat(all).filteredOn(figures -> figures.runs() > 0).hasSizeGreaterThanOrEqualTo(running);
        assertThat(sum(all, Figures::after)).isLessThanOrEqualTo(unnamed);
    }

    private static int sum(List<Figures> all, ToIntFunction<Figures> figure) {
        return all.stream().mapToInt(figure).sum();
    }

    private static List<Figures> check(Path folder) throws Exception {
        List<Figures> all = new ArrayList<>();
        for (Path model : models(folder)) {
            Figures figures = check(model, folder.relativize(model).toString());
            all.add(figures);
            System.out.printf(
                    "%-40s runs %d  values %5d  unnamed before %5d  after %5d%n",
                    figures.model(), figures.runs(), figures.values(), figures.before(), figures.after());
        }
        return all;
    }

    private static List<Path> models(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
    }

    private static Figures check(Path file, String name) throws Exception {
        OnnxModel model = ModelReader.read(file);
        Map<Value, ValueType> given;
        try {
            given = OrtTypes.of(model);
        } catch (GraftException e) {
            System.out.println(name + ": " + e.getMessage());
            return new Figures(name, 0, 0, 0, 0);
        }
        Facts facts = Propagation.through(model.graph(), given);
        List<Value> made = model.graph().nodes().stream()
                .flatMap(node -> node.outputs().stream())
                .filter(value -> value != null && given.containsKey(value))
                .toList();
        int before = (int) made.stream()
                .filter(value -> given.get(value)
                        .dims()
                        .map(dims -> dims.stream().anyMatch(dim -> dim.equals(new Dim.Symbolic(""))))
                        .orElse(true))
                .count();
        int after = (int) made.stream()
                .filter(value -> facts.dims(value)
                        .map(dims ->
                                dims.stream().anyMatch(length -> length.text().contains("?")))
                        .orElse(true))
                .count();
        return new Figures(name, run(model, file, facts, made), made.size(), before, after);
    }

    private static int run(OnnxModel model, Path file, Facts facts, List<Value> made) throws Exception {
        GraphEditor editor = new GraphEditor(model);
        made.stream().filter(value -> !value.isGraphOutput()).forEach(editor::addGraphOutput);
        int runs = 0;
        try (OrtGraph graph = OrtGraph.open(model, GraphSettings.DEFAULT.withoutOptimization())) {
            List<ValueDescription> inputs = graph.inputs().entrySet().stream()
                    .map(input ->
                            OrtTensors.describe(input.getKey(), input.getValue().getInfo()))
                    .toList();
            for (SampleSize size : SIZES) {
                for (long cached : new long[] {0, CACHED}) {
                    Optional<Map<String, HostTensor>> sample = sample(file, inputs, size, cached);
                    runs += sample.isPresent() && run(graph, model, sample.get(), facts, made) ? 1 : 0;
                }
            }
        }
        return runs;
    }

    /** Inputs of a size; none where the model does not say what it takes. */
    private static Optional<Map<String, HostTensor>> sample(
            Path file, List<ValueDescription> inputs, SampleSize size, long cached) {
        // where the folder does not say it: the heads' size, which the file's name has if it is not 8
        InputHints heads =
                InputHints.NONE.withDim("kv_cache_dim", file.toString().contains("hd16") ? 16 : 8);
        InputHints hints = ModelFolderHints.read(file, inputs).orElse(heads);
        for (ValueDescription input : inputs) {
            for (Dimension dim : input.dims()) {
                if (cached > 0 && dim instanceof Dimension.Symbolic symbol) {
                    boolean total =
                            symbol.name().contains("total") || symbol.name().contains("+");
                    boolean past = symbol.name().contains("past") && !total;
                    hints = past ? hints.withDim(symbol.name(), cached) : hints;
                    hints = total ? hints.withDim(symbol.name(), cached + size.sequence()) : hints;
                }
            }
        }
        try {
            return Optional.of(SampleInputs.of(inputs, hints).make(size, 1));
        } catch (GraftException e) {
            return Optional.empty();
        }
    }

    /** @return whether the model runs in this size */
    private static boolean run(
            OrtGraph graph, OnnxModel model, Map<String, HostTensor> sample, Facts facts, List<Value> made)
            throws OrtException {
        Map<String, OnnxTensor> fed = new LinkedHashMap<>();
        for (Map.Entry<String, HostTensor> input : sample.entrySet()) {
            fed.put(input.getKey(), OrtTensors.view(OrtGraph.environment(), input.getValue()));
        }
        LengthText lengths = new LengthText();
        for (Value input : model.graph().inputs()) {
            HostTensor tensor = sample.get(input.name());
            if (tensor != null) {
                checkDims(input, facts, tensor.shape().toArray(), lengths);
            }
        }
        try (OrtSession.Result result =
                graph.run(fed, made.stream().map(Value::name).collect(Collectors.toSet()), Map.of())) {
            for (Value value : made) {
                OnnxValue actual = result.get(value.name()).orElseThrow();
                if (actual instanceof OnnxTensor tensor) {
                    checkDims(value, facts, tensor.getInfo().getShape(), lengths);
                    checkElements(value, facts, tensor, lengths);
                }
            }
            return true;
        } catch (GraftException e) {
            return false;
        } finally {
            fed.values().forEach(OnnxTensor::close);
        }
    }

    private static void checkDims(Value value, Facts facts, long[] actual, LengthText lengths) {
        List<Length> said = facts.dims(value).orElse(null);
        if (said == null) {
            return;
        }
        assertThat(said).as("rank of %s: %s", value, said).hasSize(actual.length);
        for (int axis = 0; axis < actual.length; axis++) {
            check(value + " axis " + axis, said.get(axis), actual[axis], lengths);
        }
    }

    private static void check(String what, Length said, long actual, LengthText lengths) {
        lengths.number(said.text(), actual)
                .ifPresent(number ->
                        assertThat(actual).as("%s, said to be %s", what, said).isEqualTo(number));
    }

    private static void checkElements(Value value, Facts facts, OnnxTensor tensor, LengthText lengths) {
        KnownIntegers said = facts.integers(value).orElse(null);
        if (said == null) {
            return;
        }
        double[] actual = OrtTensors.copy(tensor).toDoubles();
        assertThat(actual).as("elements of %s: %s", value, said).hasSize(said.size());
        for (int i = 0; i < actual.length; i++) {
            Length element = said.elements().get(i);
            if (element != null) {
                check(value + " element " + i, element, (long) actual[i], lengths);
            }
        }
    }
}
