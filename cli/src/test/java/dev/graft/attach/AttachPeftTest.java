package dev.graft.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.attach.AttachForm;
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
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attached models compute what PEFT's unmerged models compute. */
@Tag("conformance")
class AttachPeftTest {
    private static final double TOLERANCE = 2e-5;

    @TempDir
    Path folder;

    static Stream<String> cases() throws IOException {
        if (!Shared.present()) {
            return Stream.of("absent");
        }
        Path root = Shared.root().resolve("conformance/peft");
        try (Stream<Path> folders = Files.walk(root, 2)) {
            List<String> variants = folders.filter(path -> Files.isDirectory(path.resolve("adapter")))
                    .filter(AttachPeftTest::isSupported)
                    .map(path -> root.relativize(path).toString())
                    .sorted()
                    .toList();
            return variants.stream()
                    .flatMap(variant -> Stream.of(variant + " model_dynamo.onnx", variant + " model_ts.onnx"))
                    .filter(AttachPeftTest::hasBase);
        }
    }

    /** What is refused, and why, stands in the conformance table of attached adapters. */
    private static boolean isSupported(Path variant) {
        try {
            AdapterFiles.readAdapter(variant.resolve("adapter"), ReadOptions.DEFAULT);
            return true;
        } catch (GraftException e) {
            assertThat(e.code()).as(e.describe()).isIn(ErrorCode.METHOD_UNSUPPORTED, ErrorCode.ADAPTER_CONFIG_INVALID);
            return false;
        }
    }

    private static boolean hasBase(String variantAndBase) {
        return Files.exists(Case.of(variantAndBase).base());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void constantStyleComputesWhatTheUnmergedModelDoes(String variantAndBase) {
        Case given = Case.of(variantAndBase);
        Resolution resolution = given.resolve();

        Path output = folder.resolve("attached.onnx");
        Attacher.attach(resolution, output, AttachOptions.DEFAULT, Progress.NONE);

        try (OnnxRun run = new OnnxRun(output)) {
            assertClose(run.run(given.inputs()), given.expected(), TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aBranchBesideTheProductComputesTheSame(String variantAndBase) {
        Case given = Case.of(variantAndBase);
        Resolution resolution = given.resolve();

        Path output = folder.resolve("attached.onnx");
        Attacher.attach(resolution, output, AttachOptions.DEFAULT.withForm(AttachForm.BESIDE), Progress.NONE);

        try (OnnxRun run = new OnnxRun(output)) {
            assertClose(run.run(given.inputs()), given.expected(), TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputStyleIsTheBaseWithoutAndTheUnmergedModelWithItsAdapter(String variantAndBase) {
        Case given = Case.of(variantAndBase);
        Resolution resolution = given.resolve();
        AttachReport report;
        Path output = folder.resolve("attached.onnx");
        try {
            report = Attacher.attach(
                    resolution, output, AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT), Progress.NONE);
        } catch (GraftException e) {
            assertThat(e.code()).as(e.describe()).isEqualTo(ErrorCode.ATTACH_UNSUPPORTED);
            return;
        }
        try (OnnxRun base = new OnnxRun(given.base());
                OnnxRun run = new OnnxRun(output)) {
            assertThat(run.run(given.inputs())).containsExactly(base.run(given.inputs()));
            assertClose(run.run(given.inputs(), report.adapter().orElseThrow()), given.expected(), TOLERANCE);
        }
    }

    private static void assertClose(double[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        assertThat(worst).isLessThanOrEqualTo(tolerance);
    }

    private record Case(Path variant, Path base) {
        static Case of(String variantAndBase) {
            String[] parts = variantAndBase.split(" ", 2);
            Path variant = Shared.path("conformance/peft/" + parts[0]);
            return new Case(variant, variant.resolveSibling("base").resolve(parts[1]));
        }

        Resolution resolve() {
            Adapter adapter = AdapterFiles.readAdapter(variant.resolve("adapter"), ReadOptions.DEFAULT);
            return Resolver.resolve(
                    ModelScanner.scan(base), List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
        }

        Map<String, Tensor> inputs() {
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            SafetensorsReader.read(variant.resolve("io.safetensors")).tensors().forEach((name, tensor) -> {
                if (name.startsWith("in.")) {
                    inputs.put(name.substring(3), tensor);
                }
            });
            return inputs;
        }

        double[] expected() {
            return SafetensorsReader.read(variant.resolve("io.safetensors"))
                    .tensors()
                    .get("out_unmerged")
                    .toDoubles();
        }
    }
}
