package dev.graft.cli.conformance;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One adapter that PEFT made, on one export of its base.
 *
 * @param model the model's name
 * @param variant the adapter's name
 * @param base the exported base
 * @param folder the adapter's folder, with PEFT's own results
 */
record PeftCase(String model, String variant, Path base, Path folder) {
    private static final List<String> EXPORTS = List.of("model_dynamo.onnx", "model_ts.onnx");

    /** Every variant on every export of its base, below {@code conformance/peft}. */
    static List<PeftCase> all(Path root) {
        List<PeftCase> cases = new ArrayList<>();
        for (Path model : folders(root)) {
            if (!Files.isDirectory(model.resolve("base"))) {
                continue;
            }
            for (Path variant : folders(model)) {
                for (String export : EXPORTS) {
                    Path base = model.resolve("base").resolve(export);
                    if (!name(variant).equals("base") && Files.exists(base)) {
                        cases.add(new PeftCase(name(model), name(variant), base, variant));
                    }
                }
            }
        }
        return cases;
    }

    String title() {
        return model + "/" + variant + " on " + name(base).replace("model_", "").replace(".onnx", "");
    }

    Adapter adapter() {
        return AdapterFiles.readAdapter(folder.resolve("adapter"), ReadOptions.DEFAULT);
    }

    Resolution resolve(Adapter adapter) {
        return Resolver.resolve(ModelScanner.scan(base), List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
    }

    /** PEFT's inputs and outputs. */
    Map<String, Tensor> goldens() {
        return SafetensorsReader.read(folder.resolve("io.safetensors")).tensors();
    }

    /** The weights that PEFT changed by merging. */
    Map<String, Tensor> mergedWeights() {
        Path file = folder.resolve("merged_changed.safetensors");
        return Files.exists(file) ? SafetensorsReader.read(file).tensors() : Map.of();
    }

    /** The largest distance between a model's first output and PEFT's unmerged one. */
    double outputError(Path model) {
        return outputError(model, Optional.empty());
    }

    /** The same with an {@code .onnx_adapter} switched in. */
    double outputError(Path model, Optional<Path> adapter) {
        Map<String, Tensor> goldens = goldens();
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        List<LoadedAdapter> loaded = new ArrayList<>();
        try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT)) {
            adapter.ifPresent(file -> loaded.add(session.loadAdapter(file)));
            session.inputs()
                    .forEach(input -> inputs.put(input.name(), HostTensor.of(goldens.get("in." + input.name()))));
            HostTensor output = session.run(inputs, loaded).values().iterator().next();
            loaded.forEach(LoadedAdapter::close);
            return distance(output.toDoubles(), goldens.get("out_unmerged").toDoubles());
        }
    }

    static double distance(double[] one, double[] other) {
        if (one.length != other.length) {
            throw new AssertionError(one.length + " values, expected " + other.length);
        }
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            double distance = Math.abs(one[i] - other[i]);
            largest = Double.isNaN(distance) ? Double.POSITIVE_INFINITY : Math.max(largest, distance);
        }
        return largest;
    }

    static List<Path> folders(Path root) {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
