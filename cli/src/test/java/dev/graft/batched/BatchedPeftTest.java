package dev.graft.batched;

import static dev.graft.batched.RowsAgainstSingleRuns.assertClose;
import static dev.graft.batched.RowsAgainstSingleRuns.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** PEFT's adapters on real exports: a row computes what PEFT's unmerged model does, or the base's bits, as its slot says. */
class BatchedPeftTest {
    private static final double TOLERANCE = 2e-5;
    private static final double HALF_TOLERANCE = 4e-3;

    @TempDir
    Path folder;

    private final Set<String> refusals = new TreeSet<>();
    private int attached;

    @TestFactory
    Stream<DynamicTest> everyFixture() throws IOException {
        return tests(Fixtures.path("."), 12);
    }

    @TestFactory
    @Tag("conformance")
    Stream<DynamicTest> everyAdapterOfTheConformanceData() throws IOException {
        return Shared.present() ? tests(Shared.path("conformance/peft"), 30) : Stream.empty();
    }

    private Stream<DynamicTest> tests(Path root, int least) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> variants = Files.walk(root, 2)) {
            variants.filter(path -> Files.isDirectory(path.resolve("adapter")))
                    .sorted()
                    .forEach(variant -> {
                        for (String export : List.of("model_dynamo.onnx", "model_ts.onnx", "model.onnx")) {
                            Path base = variant.resolveSibling("base").resolve(export);
                            // ONNX Runtime has no bfloat16 products on the CPU
                            boolean runs = !variant.toString().contains("bf16");
                            if (runs && Files.exists(base) && Files.exists(variant.resolve("io.safetensors"))) {
                                tests.add(dynamicTest(
                                        root.relativize(variant) + " " + export, () -> check(variant, base)));
                            }
                        }
                    });
        }
        tests.add(dynamicTest("most are attached", () -> {
            assertThat(attached).as("attached, beside refusals").isGreaterThanOrEqualTo(least);
            assertThat(refusals).anyMatch(refusal -> refusal.contains("DoRA scales the whole product"));
        }));
        return tests.stream();
    }

    private void check(Path variant, Path base) throws InterruptedException {
        Adapter adapter;
        AttachReport report;
        Path output = folder.resolve(attached + "-" + refusals.size()).resolve("model.onnx");
        try {
            adapter = AdapterFiles.readAdapter(variant.resolve("adapter"), ReadOptions.DEFAULT);
            Resolution resolution = Resolver.resolve(
                    ModelScanner.scan(base), List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
            report = Attacher.attach(
                    resolution,
                    output,
                    AttachOptions.DEFAULT.withStyle(AttachStyle.BATCHED).withForce(),
                    Progress.NONE);
        } catch (GraftException e) {
            assertThat(e.code())
                    .as(e.describe())
                    .isIn(
                            ErrorCode.ATTACH_UNSUPPORTED,
                            ErrorCode.METHOD_UNSUPPORTED,
                            ErrorCode.ADAPTER_CONFIG_INVALID,
                            ErrorCode.SLOT_RANK_EXCEEDED);
            refusals.add(variant.getFileName() + ": " + e.getMessage());
            return;
        }
        attached++;
        Map<String, Tensor> golden =
                SafetensorsReader.read(variant.resolve("io.safetensors")).tensors();
        try (BatchedModel model = BatchedModel.open(output, SessionSettings.DEFAULT);
                ModelSession plain = ModelSession.open(base, SessionSettings.DEFAULT)) {
            compare(
                    model,
                    plain,
                    inputs(golden),
                    golden,
                    adapter,
                    report.adapter().orElseThrow());
        }
    }

    private static void compare(
            BatchedModel model,
            ModelSession plain,
            Map<String, HostTensor> inputs,
            Map<String, Tensor> golden,
            Adapter adapter,
            Path file)
            throws InterruptedException {
        int count = model.rows(inputs);
        SlotAdapter fromFile = model.prepare("file", file);
        SlotAdapter fromPeft = isSelfContained(adapter) ? model.prepare("peft", adapter) : fromFile;
        Map<String, HostTensor> base = plain.run(inputs);
        Map<String, HostTensor> none = model.run(inputs, Collections.nCopies(count, null));
        Map<String, HostTensor> all = model.run(inputs, Collections.nCopies(count, fromFile));
        List<@Nullable SlotAdapter> rows = new ArrayList<>(Collections.nCopies(count, null));
        rows.set(count - 1, fromPeft);
        Map<String, HostTensor> mixed = model.run(inputs, rows);

        double[] expected = golden.get("out_unmerged").toDoubles();
        HostTensor output = all.values().iterator().next();
        boolean half = output.dtype() == DType.FLOAT16;
        assertClose(output.toDoubles(), expected, half ? HALF_TOLERANCE : TOLERANCE, "PEFT's unmerged model");
        if (half) {
            // on the CPU ONNX Runtime computes halves in floats and rounds where it has no neighbour to hand a float to
            return;
        }
        for (int row = 0; row < count; row++) {
            assertThat(values(none, row, count)).as("row without adapter").containsExactly(values(base, row, count));
            double[] own = values(row == count - 1 ? all : base, row, count);
            assertThat(values(mixed, row, count))
                    .as("row " + row + " among others")
                    .containsExactly(own);
        }
    }

    /** VeRA's factors follow from the base's shapes; what attach has written of them is complete. */
    private static boolean isSelfContained(Adapter adapter) {
        return adapter.changes().size() == adapter.lowRankChanges().size();
    }

    private static Map<String, HostTensor> inputs(Map<String, Tensor> golden) {
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        golden.forEach((name, tensor) -> {
            if (name.startsWith("in.")) {
                inputs.put(name.substring(3), HostTensor.of(tensor));
            }
        });
        return inputs;
    }
}
