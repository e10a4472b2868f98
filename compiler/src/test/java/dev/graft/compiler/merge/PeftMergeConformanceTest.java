package dev.graft.compiler.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsFile;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Merged weights against those that PEFT merged, for every variant that is a method of this version. */
@Tag("conformance")
class PeftMergeConformanceTest {
    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> mergedWeightsAreThoseOfPeft() throws IOException {
        Path root = Shared.path("conformance/peft");
        List<DynamicTest> tests = new ArrayList<>();
        for (String model : List.of("llama", "bert", "gpt2", "conv")) {
            try (Stream<Path> variants = Files.list(root.resolve(model))) {
                for (Path variant : variants.filter(PeftMergeConformanceTest::isSupported)
                        .sorted()
                        .toList()) {
                    for (String base : List.of("model_dynamo.onnx", "model_ts.onnx")) {
                        Path file = root.resolve(model).resolve("base").resolve(base);
                        if (Files.exists(variant.resolve("merged_changed.safetensors")) && Files.exists(file)) {
                            String name = model + "/" + variant.getFileName() + " on " + base;
                            tests.add(DynamicTest.dynamicTest(name, () -> check(file, variant)));
                        }
                    }
                }
            }
        }
        return tests.stream();
    }

    private static boolean isSupported(Path variant) {
        if (!Files.isDirectory(variant.resolve("adapter"))) {
            return false;
        }
        try {
            AdapterFiles.readAdapter(variant.resolve("adapter"), ReadOptions.DEFAULT);
            return true;
        } catch (GraftException e) {
            assertThat(e.code()).as(e.describe()).isIn(ErrorCode.METHOD_UNSUPPORTED, ErrorCode.ADAPTER_CONFIG_INVALID);
            return false;
        }
    }

    private void check(Path base, Path variant) {
        Adapter adapter = AdapterFiles.readAdapter(variant.resolve("adapter"), ReadOptions.DEFAULT);
        ModelIndex model = ModelScanner.scan(base);
        Resolution resolution = Resolver.resolve(model, List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
        Path output = folder.resolve(variant.getFileName() + "-" + base.getFileName());
        boolean unshared = false;
        try {
            Merger.merge(resolution, output, new MergeOptions(false, true, 2), Progress.NONE);
        } catch (GraftException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.WEIGHT_SHARED);
            unshared = true;
            Merger.merge(resolution, output, new MergeOptions(true, true, 2), Progress.NONE);
        }
        if (!unshared) {
            compare(
                    resolution,
                    ModelScanner.scan(output),
                    SafetensorsReader.read(variant.resolve("merged_changed.safetensors")));
        }
    }

    private static void compare(Resolution resolution, ModelIndex merged, SafetensorsFile expected) {
        for (Binding binding : resolution.bindings()) {
            String parameter = binding.target() == Binding.Parameter.BIAS ? ".bias" : ".weight";
            Optional<Tensor> wanted = Optional.ofNullable(expected.tensors().get(binding.module() + parameter));
            WeightView view = binding.view();
            if (wanted.isEmpty() || !view.isWhole()) {
                continue;
            }
            TensorIndex tensor = merged.graph().initializers().get(view.tensor().name());
            double[] actual = Matrices.values(merged, tensor.name());
            double[] values = wanted.get().toDoubles();
            // GPT-2's Conv1D is stored [in, out] by PyTorch too
            boolean conv1d = binding.module().matches(".*\\.c_(attn|proj|fc)");
            boolean transposed = !conv1d
                    && view.orientation() == Orientation.IN_OUT
                    && view.rows() > 1
                    && wanted.get().shape().dim(0) == view.columns();
            double worst = 0;
            for (int i = 0; i < actual.length; i++) {
                long row = i / view.columns();
                long column = i % view.columns();
                int at = (int) (transposed ? column * view.rows() + row : i);
                worst = Math.max(worst, Math.abs(actual[i] - values[at]));
            }
            assertThat(worst).as(binding.module() + parameter).isLessThan(1e-6);
        }
    }
}
