package dev.graft.testkit;

import static dev.graft.testkit.GraftAssertions.assertThatModel;
import static dev.graft.testkit.TestMerges.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.runtime.compare.OutputComparison;
import dev.graft.runtime.compare.OutputKind;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A model attached with inputs, run through ONNX Runtime's own adapters. */
class AttachedModelTest {
    private static final Map<String, Tensor> KNOWN =
            SafetensorsReader.read(Fixtures.path("llama/lora/io.safetensors")).tensors();
    private static final Map<String, HostTensor> INPUTS = Map.of(
            "input_ids", HostTensor.of(KNOWN.get("in.input_ids")),
            "attention_mask", HostTensor.of(KNOWN.get("in.attention_mask")));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(NameStyle.class)
    void anAdapterSwitchedInGivesWhatPeftGivesUnmerged(NameStyle names) {
        AttachReport report = attach(names);
        try (ModelSession base = open(BASE);
                ModelSession attached = open(report.output());
                LoadedAdapter adapter = attached.loadAdapter(report.adapter().orElseThrow())) {
            HostTensor expected = output(base.run(INPUTS));

            assertThat(output(attached.run(INPUTS))).isEqualTo(expected);
            assertThat(errorAgainstPeft(output(attached.run(INPUTS, List.of(adapter)))))
                    .isLessThan(2e-5);
            assertThat(output(attached.run(INPUTS))).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama/base/model_ts.onnx, llama/lora_all_linear",
        "llama/base/model_dynamo.onnx, llama/lora_patterns",
        "llama/base/model_dynamo.onnx, llama/lora_embed",
        "llama/base/model_ts.onnx, llama/dora",
        "gpt2/base/model_dynamo.onnx, gpt2/lora_all_linear",
        "qwen2/base/model_ts.onnx, qwen2/lora_bias_param",
        "bert/base/model_ts.onnx, bert/lora",
        "conv/base/model_dynamo.onnx, conv/lora"
    })
    void adaptersOfEveryKindSwitchIn(String base, String variant) {
        Map<String, Tensor> known = SafetensorsReader.read(Fixtures.path(variant + "/io.safetensors"))
                .tensors();
        AttachReport report = attach(Fixtures.path(base), Fixtures.path(variant + "/adapter"), NameStyle.OLIVE);
        try (ModelSession attached = open(report.output());
                LoadedAdapter adapter = attached.loadAdapter(report.adapter().orElseThrow())) {
            Map<String, HostTensor> inputs = new LinkedHashMap<>();
            attached.inputs()
                    .forEach(input -> inputs.put(input.name(), HostTensor.of(known.get("in." + input.name()))));

            assertThat(error(known.get("out_base"), output(attached.run(inputs))))
                    .isLessThan(2e-5);
            assertThat(error(known.get("out_unmerged"), output(attached.run(inputs, List.of(adapter)))))
                    .isLessThan(2e-5);
        }
    }

    @Test
    void adaptersOfRankOneEightAndSixtyFourSwitchInOneSession() {
        AttachReport report = attach(NameStyle.OLIVE);
        try (ModelSession attached = open(report.output())) {
            HostTensor before = output(attached.run(INPUTS));
            for (int rank : new int[] {1, 8, 64}) {
                try (LoadedAdapter adapter = attached.loadAdapter(resized(report, rank))) {
                    HostTensor adapted = output(attached.run(INPUTS, List.of(adapter)));
                    // ranks above the adapter's own are filled with zeros, so they compute the same
                    assertThat(errorAgainstPeft(adapted) < 2e-5).isEqualTo(rank >= 4);
                }
            }
            assertThat(output(attached.run(INPUTS))).isEqualTo(before);
        }
    }

    @Test
    void withoutAnAdapterItProducesTheOutputsOfItsBase() {
        assertThatModel(attach(NameStyle.OLIVE).output())
                .producesSameOutputsAs(BASE)
                .within(0)
                .onSamples(4);
    }

    private AttachReport attach(NameStyle names) {
        return attach(BASE, TestMerges.ADAPTER, names);
    }

    private AttachReport attach(Path base, Path adapter, NameStyle names) {
        Resolution resolution = Resolver.resolve(
                ModelScanner.scan(base),
                List.of(WeightedAdapter.of(AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT))),
                ResolveOptions.DEFAULT);
        return Attacher.attach(
                resolution,
                folder.resolve(names + ".onnx"),
                AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT).withNames(names),
                Progress.NONE);
    }

    /** The report's adapter with the dimension of the rank cut or filled with zeros. */
    private Path resized(AttachReport report, int rank) {
        List<Tensor> tensors = new ArrayList<>();
        OnnxAdapterReader.read(report.adapter().orElseThrow()).tensors().forEach((name, tensor) -> {
            boolean isA = name.contains("lora_A");
            int rows = isA ? (int) tensor.shape().dim(0) : rank;
            int columns = isA ? rank : (int) tensor.shape().dim(1);
            int stride = (int) tensor.shape().dim(1);
            double[] values = tensor.toDoubles();
            float[] resized = new float[rows * columns];
            for (int row = 0; row < Math.min(rows, tensor.shape().dim(0)); row++) {
                for (int column = 0; column < Math.min(columns, stride); column++) {
                    resized[row * columns + column] = (float) values[row * stride + column];
                }
            }
            tensors.add(Tensor.ofFloats(name, Shape.of(rows, columns), resized));
        });
        Path file = folder.resolve("rank" + rank + ".onnx_adapter");
        OnnxAdapterWriter.write(file, tensors);
        return file;
    }

    private static double errorAgainstPeft(HostTensor output) {
        return error(KNOWN.get("out_unmerged"), output);
    }

    private static double error(Tensor expected, HostTensor output) {
        return OutputComparison.of("output", OutputKind.LOGITS, HostTensor.of(expected), output)
                .maxError();
    }

    private static HostTensor output(Map<String, HostTensor> outputs) {
        return outputs.values().iterator().next();
    }

    private static ModelSession open(Path model) {
        return ModelSession.open(model, SessionSettings.DEFAULT);
    }
}
