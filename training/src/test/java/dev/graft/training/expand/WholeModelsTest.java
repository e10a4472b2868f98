package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.inputs.SampleSize;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.OrtTensors;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.testing.Shared;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole models give the same before and after all passes, and no fused operator is left. */
class WholeModelsTest {
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({
        "models/stories260K/genai_fp32/model.onnx, 16",
        "models/stories260K/genai_fp32_lora/model.onnx, 16",
        "models/stories260K/genai_int4/model.onnx, 16",
        "models/graph_zoo/genai_tiny_gpt2_past.onnx, 8"
    })
    void modelsOfOnnxRuntimesOwnOperators(String file, long headSize) {
        OnnxModel model = assertSame(Shared.path(file), InputHints.NONE.withDim("kv_cache_dim", headSize));

        Set<String> domains = Set.of(
                "com.microsoft.RotaryEmbedding",
                "com.microsoft.FusedMatMul",
                "com.microsoft.FastGelu",
                "com.microsoft.QuickGelu",
                "com.microsoft.GatherBlockQuantized");
        assertThat(Runs.operators(model))
                .filteredOn(operator -> operator.startsWith("com.microsoft"))
                .isSubsetOf(domains);
        assertThat(model.graph().inputs()).noneMatch(input -> input.name().contains("past"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conformance/exports/bert/dynamo_wrapped.onnx",
                "conformance/exports/bert/dynamo_noopt_wrapped.onnx",
                "conformance/exports/bert/ts.onnx",
                "conformance/exports/bert/ts_wrapped.onnx",
                "conformance/exports/llama/dynamo.onnx",
                "conformance/exports/llama/dynamo_noopt.onnx",
                "conformance/exports/llama/dynamo_noopt_wrapped.onnx",
                "conformance/exports/llama/peft_dynamo.onnx",
                "conformance/exports/llama/peft_ts.onnx",
                "conformance/exports/llama/ts_wrapped.onnx",
                "models/stories260K/onnx/stories260K_dynamo.onnx",
                "models/stories260K/onnx/stories260K_ts.onnx",
                "models/gpt_nano_sort/gpt_nano_sort.onnx",
                "models/graph_zoo/nextnode_transformer.onnx",
                "models/graph_zoo/optimum_asset.onnx",
                "models/graph_zoo/tribuo_tinybert.onnx",
                "models/graph_zoo/vespa_random_encoder.onnx",
                "models/graph_zoo/vespa_mlm.onnx",
                "models/graph_zoo/fastestdet.onnx"
            })
    void exportersModels(String file) {
        assertSame(Shared.path(file), InputHints.NONE);
    }

    /** ONNX Runtime refuses heads that are no multiple of 16 at run time; written out, they are those of PyTorch's own export. */
    @ParameterizedTest
    @CsvSource({
        "genai_llama_fp32/model.onnx, llama/dynamo.onnx",
        "genai_llama_fp32_lora/model.onnx, llama/peft_dynamo.onnx",
        "genai_llama_int4/model.onnx, genai_llama_int4_qdq/model.onnx"
    })
    void headsThatTheOperatorRefusesRunWrittenOut(String file, String other) {
        OnnxModel model = expanded("conformance/exports/" + file);
        OnnxModel reference = expanded("conformance/exports/" + other);
        Map<String, HostTensor> values =
                SampleInputs.of(inputs(reference), InputHints.NONE).make(new SampleSize(2, 5), 3);

        HostTensor logits = first(Runs.run(model, values, true));

        Runs.assertSame("logits", logits, first(Runs.run(reference, values, false)), TOLERANCE);
    }

    private static OnnxModel expanded(String file) {
        OnnxModel model = read(Shared.path(file));
        ExpansionPasses.pipeline().run(model);
        return model;
    }

    private static HostTensor first(Map<String, HostTensor> outputs) {
        return outputs.values().iterator().next();
    }

    private static OnnxModel assertSame(Path file, InputHints hints) {
        OnnxModel original = read(file);
        OnnxModel expanded = read(file);
        ExpansionPasses.pipeline().run(expanded);
        assertThat(expanded.graph().nodes())
                .filteredOn(FusedOperatorsPass::has)
                .noneMatch(node -> !node.opType().equals("FastGelu"));
        SampleInputs samples = SampleInputs.of(inputs(original), hints);
        for (SampleSize size : List.of(new SampleSize(1, 7), new SampleSize(2, 5))) {
            Map<String, HostTensor> values = samples.make(size, 11);
            Runs.assertSame(Runs.run(expanded, values, true), Runs.run(original, values, false), TOLERANCE);
        }
        return expanded;
    }

    /** Products of quantised weights that round their input would differ by that. */
    private static OnnxModel read(Path file) {
        OnnxModel model = ModelReader.read(file);
        GraphEditor editor = new GraphEditor(model);
        model.graph().nodes().stream()
                .filter(node -> node.opType().equals("MatMulNBits"))
                .forEach(node -> editor.setAttribute(node, Attribute.of("accuracy_level", 1L)));
        return model;
    }

    private static List<ValueDescription> inputs(OnnxModel model) {
        try (OrtGraph graph = OrtGraph.open(model, GraphSettings.DEFAULT.withoutOptimization())) {
            return graph.inputs().entrySet().stream()
                    .map(input ->
                            OrtTensors.describe(input.getKey(), input.getValue().getInfo()))
                    .toList();
        }
    }
}
