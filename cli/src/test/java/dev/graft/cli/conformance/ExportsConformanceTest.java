package dev.graft.cli.conformance;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.inputs.RunnableSamples;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real exports of many exporters: every module is found where its values are, and merges give what PEFT and genai give. */
@Tag("conformance")
class ExportsConformanceTest {
    /** For the outputs, unless float32 by itself costs more: stories260K has logits up to 20. */
    private static final double TOLERANCE = 2e-5;

    private static final double WEIGHT_TOLERANCE = 1e-6;
    private static final double HALF = 0x1p-10;

    @TempDir
    Path folder;

    @Test
    void everyLinearModuleIsFoundWhereItsValuesAre() throws Exception {
        CaseTable table = new CaseTable("exports, resolved");
        for (String model : List.of("llama", "bert")) {
            Path root = Shared.path("conformance/exports").resolve(model);
            Map<String, Tensor> state =
                    SafetensorsReader.read(root.resolve("state.safetensors")).tensors();
            for (Path export : exports(root)) {
                table.add(model + "/" + export.getFileName(), () -> findAll(export, state));
            }
        }
        table.assertNoneMissed(11);
    }

    @Test
    void genaiModelsMergeAsGenaiItselfMerges() {
        CaseTable table = new CaseTable("genai exports, merged");
        Path root = Shared.path("conformance/exports");
        Path adapter = root.resolve("hf_llama_lora");
        Map<String, Tensor> expected = MergedByHand.of(adapter, root.resolve("hf_llama/model.safetensors"));
        unrunnable(table, root.resolve("genai_llama_fp32_lora/model.onnx"));
        table.add("genai_llama_fp32_lora: its own factors", () -> factors(root, adapter));
        table.add(
                "genai_llama_fp32: weights",
                () -> weights("genai_llama_fp32", root, adapter, expected, WEIGHT_TOLERANCE));
        table.add(
                "genai_llama_fp16_cuda: weights",
                () -> weights("genai_llama_fp16_cuda", root, adapter, expected, HALF));
        for (String quantised : List.of("genai_llama_int4", "genai_llama_int4_qdq")) {
            refuseQuantised(table, root.resolve(quantised).resolve("model.onnx"), adapter);
        }
        table.assertNoneMissed(5);
    }

    @Test
    void storiesMergesAsPeftDoes() {
        CaseTable table = new CaseTable("stories260K, merged");
        Path root = Shared.path("models/stories260K");
        stories(table, root, "onnx/stories260K_dynamo.onnx", "");
        stories(table, root, "onnx/stories260K_ts.onnx", "");
        stories(table, root, "genai_fp32/model.onnx", "_hd16");
        table.add("genai_fp32/model.onnx: as genai's own LoRA", () -> {
            Path merged = merge(root.resolve("genai_fp32/model.onnx"), root.resolve("peft_e2e_r8_hd16"));
            return within(5e-5, difference(merged, root.resolve("genai_fp32_lora/model.onnx")));
        });
        Map<String, Tensor> halfExpected = SafetensorsReader.read(
                        root.resolve("stories260K_hd16_peft_merged/model.safetensors"))
                .tensors();
        table.add(
                "genai_fp16_cuda: weights",
                () -> weights("genai_fp16_cuda", root, root.resolve("peft_e2e_r8_hd16"), halfExpected, HALF));
        refuseQuantised(table, root.resolve("genai_int4/model.onnx"), root.resolve("peft_e2e_r8_hd16"));
        table.assertNoneMissed(8);
    }

    /** ONNX Runtime has no attention of this head size on a CPU, not even for genai's own model; what can be compared is weights. */
    private static void unrunnable(CaseTable table, Path model) {
        String name = "genai_llama_fp32_lora: outputs";
        try {
            difference(model, model);
            table.miss(name, "runs after all: compare outputs");
        } catch (GraftException e) {
            table.refused(name, CaseTable.firstLine(e));
        }
    }

    /** The factors that genai put into its model are the adapter's, with the scaling in B. */
    private static String factors(Path root, Path adapter) {
        Map<String, TensorIndex> stored = ModelScanner.scan(root.resolve("genai_llama_fp32_lora/model.onnx"))
                .graph()
                .initializers();
        double worst = 0;
        int found = 0;
        for (LowRankChange change :
                AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT).lowRankChanges()) {
            TensorIndex b = stored.get(NameStyle.GENAI.nameOfB(change.module()));
            double[] expected = change.b().scaled(change.scaling()).transposed().toDoubles();
            worst = Math.max(worst, PeftCase.distance(b.tensor().orElseThrow().toDoubles(), expected));
            found++;
        }
        return found + " targets, " + within(WEIGHT_TOLERANCE, worst);
    }

    private void stories(CaseTable table, Path root, String export, String twin) {
        Path adapter = root.resolve("peft_e2e_r8" + twin);
        Map<String, Tensor> goldens = SafetensorsReader.read(
                        root.resolve("stories260K" + twin + "_expected.safetensors"))
                .tensors();
        Map<String, Tensor> weights = SafetensorsReader.read(
                        root.resolve("stories260K" + twin + "_peft_merged/model.safetensors"))
                .tensors();
        table.add(export + ": outputs", () -> {
            Path merged = merge(root.resolve(export), adapter);
            Path base = root.resolve(export);
            double noise = outputError(base, base, goldens, "logits_base")
                    + PeftCase.distance(values(goldens, "logits_peft_merged"), values(goldens, "logits_peft_unmerged"));
            return within(Math.max(TOLERANCE, noise), outputError(merged, base, goldens, "logits_peft_unmerged"))
                    + String.format(" (the base by itself and PEFT's own merge are off by %.1e)", noise);
        });
        table.add(export + ": weights", () -> {
            Resolution resolution = resolve(root.resolve(export), adapter);
            Path merged = merge(root.resolve(export), adapter);
            return within(WEIGHT_TOLERANCE, new MergedWeights(resolution, merged).worst(weights));
        });
    }

    private String weights(String model, Path root, Path adapter, Map<String, Tensor> expected, double tolerance) {
        Path base = root.resolve(model).resolve("model.onnx");
        Path merged = merge(base, adapter);
        return within(tolerance, new MergedWeights(resolve(base, adapter), merged).worst(expected));
    }

    private void refuseQuantised(CaseTable table, Path base, Path adapter) {
        String name = base.getParent().getFileName() + ": merge";
        try {
            merge(base, adapter);
            table.miss(name, "merged into quantised weights");
        } catch (GraftException e) {
            if (e.code() == ErrorCode.WEIGHT_NOT_MERGEABLE) {
                table.refused(name, CaseTable.firstLine(e));
            } else {
                table.miss(name, e.code() + ": " + CaseTable.firstLine(e));
            }
        }
    }

    private Path merge(Path base, Path adapter) {
        Path merged = folder.resolve("merged/" + base.getFileName());
        Merger.merge(resolve(base, adapter), merged, new MergeOptions(false, true, 2), Progress.NONE);
        return merged;
    }

    private static Resolution resolve(Path base, Path adapter) {
        Adapter read = AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT);
        return Resolver.resolve(ModelScanner.scan(base), List.of(WeightedAdapter.of(read)), ResolveOptions.DEFAULT);
    }

    private static double[] values(Map<String, Tensor> goldens, String name) {
        return goldens.get(name).toDoubles();
    }

    /** The largest distance between the outputs of two models on the same made-up inputs. */
    static double difference(Path one, Path other) {
        double largest = 0;
        try (ModelSession first = ModelSession.open(one, SessionSettings.DEFAULT);
                ModelSession second = ModelSession.open(other, SessionSettings.DEFAULT)) {
            InputHints hints = ModelFolderHints.read(other, second.inputs());
            for (Map<String, HostTensor> inputs : RunnableSamples.find(first, hints, 4, 1)) {
                HostTensor expected = second.run(inputs).get("logits");
                largest = Math.max(
                        largest,
                        PeftCase.distance(first.run(inputs).get("logits").toDoubles(), expected.toDoubles()));
            }
        }
        return largest;
    }

    /** The largest distance between a model's logits and expected ones; the base's folder knows the sizes of a cache. */
    static double outputError(Path model, Path base, Map<String, Tensor> goldens, String expected) {
        try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT)) {
            InputHints hints = ModelFolderHints.read(base, session.inputs());
            Map<String, HostTensor> inputs = SampleInputs.of(session.inputs(), hints)
                    .complete(Map.of("input_ids", HostTensor.of(goldens.get("input_ids"))));
            double[] output = session.run(inputs).get("logits").toDoubles();
            return PeftCase.distance(output, values(goldens, expected));
        }
    }

    static String within(double tolerance, double found) {
        if (!(found <= tolerance)) {
            throw new AssertionError(String.format("%.1e, expected at most %.1e", found, tolerance));
        }
        return String.format("%.1e", found);
    }

    private static List<Path> exports(Path root) throws Exception {
        try (Stream<Path> files = Files.list(root)) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
    }

    /** Resolves an adapter for all linear modules and compares what it would change with the module's own values. */
    private static String findAll(Path export, Map<String, Tensor> state) {
        List<ModuleChange> changes = new ArrayList<>();
        state.forEach((name, weight) -> {
            if (name.endsWith(".weight") && weight.shape().rank() == 2 && !name.contains("embed")) {
                changes.add(zeros(name.substring(0, name.length() - ".weight".length()), weight.shape()));
            }
        });
        Adapter adapter = new Adapter(export, "test", "LoRA", changes, Map.of(), List.of());
        Resolution resolution = Resolver.resolve(
                ModelScanner.scan(export), List.of(WeightedAdapter.of(adapter)), ResolveOptions.DEFAULT);
        double worst = new MergedWeights(resolution, export).worst(new LinkedHashMap<>(state));
        within(WEIGHT_TOLERANCE, worst);
        return resolution.bindings().size() + " modules, values differ by at most " + String.format("%.0e", worst);
    }

    private static LowRankChange zeros(String module, Shape weight) {
        Tensor a = Tensor.ofDoubles(
                module + ".A", DType.FLOAT32, Shape.of(1, weight.dim(1)), new double[(int) weight.dim(1)]);
        Tensor b = Tensor.ofDoubles(
                module + ".B", DType.FLOAT32, Shape.of(weight.dim(0), 1), new double[(int) weight.dim(0)]);
        return new LowRankChange(module, LayerKind.LINEAR, a, b, 1, null, null);
    }
}
