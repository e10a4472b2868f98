package dev.graft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.runtime.compare.NumericVerdict;
import dev.graft.runtime.compare.Observation;
import dev.graft.runtime.compare.OutputVerdict;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verdict's rule on models that PEFT computed in float64 and in their own type: right merges pass, nearly right ones fail. */
class NumericVerdictOnMergesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "llama, model_dynamo, lora",
        "llama, model_ts, lora_all_linear",
        "llama, model_dynamo, lora_patterns",
        "llama, model_ts, rslora",
        "llama, model_dynamo, dora",
        "llama, model_ts, dora_rslora",
        "llama, model_dynamo, lora_embed",
        "llama, model_ts, lora_lm_head",
        "llama, model_dynamo, lora_modules_to_save",
        "llama, model_dynamo, lora_trainable_tokens",
        "llama, model_ts, pissa_converted",
        "gpt2, model_dynamo, lora",
        "gpt2, model_ts, lora_all_linear",
        "gpt2, model_dynamo, dora",
        "qwen2, model_ts, lora",
        "bert, model_dynamo, lora_all_linear",
        "bert, model_ts, lora",
        "conv, model_dynamo, lora",
        "conv, model_ts, dora",
        "mlp_fp16, model_dynamo, lora"
    })
    void aRightMergePasses(String model, String export, String variant) {
        OutputVerdict verdict = verdict(model, export, variant, 1);

        assertThat(verdict.outcome()).as(verdict.reason()).isEqualTo(OutputVerdict.Outcome.PASSED);
    }

    @ParameterizedTest
    @CsvSource({
        "llama, model_dynamo, lora, 1.001",
        "llama, model_ts, rslora, 0.999",
        "gpt2, model_ts, lora_all_linear, 2",
        "bert, model_dynamo, lora_all_linear, 1.001",
        "conv, model_dynamo, lora, 0",
        "mlp_fp16, model_dynamo, lora, 1.1"
    })
    void anotherScalingFails(String model, String export, String variant, double weight) {
        OutputVerdict verdict = verdict(model, export, variant, weight);

        assertThat(verdict.outcome()).as(verdict.reason()).isEqualTo(OutputVerdict.Outcome.FAILED);
    }

    private OutputVerdict verdict(String model, String export, String variant, double weight) {
        Path base = Fixtures.path(model + "/base/" + export + ".onnx");
        Map<String, Tensor> known = SafetensorsReader.read(Fixtures.path(model + "/" + variant + "/io.safetensors"))
                .tensors();
        HostTensor merged = run(merge(base, Fixtures.path(model + "/" + variant + "/adapter"), weight), known);
        Observation observation = Observation.of(
                        "output",
                        HostTensor.of(known.get("out_unmerged_float64")),
                        HostTensor.of(known.get("out_unmerged")),
                        merged)
                .withBase(run(base, known));
        return NumericVerdict.of(List.of(observation)).outputs().get(0);
    }

    private Path merge(Path base, Path adapter, double weight) {
        Path output = folder.resolve("merged.onnx");
        WeightedAdapter weighted = new WeightedAdapter(AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT), weight);
        Merger.merge(
                Resolver.resolve(ModelScanner.scan(base), List.of(weighted), ResolveOptions.DEFAULT),
                output,
                new MergeOptions(true, true, 1),
                Progress.NONE);
        return output;
    }

    private static HostTensor run(Path model, Map<String, Tensor> known) {
        try (ModelSession session = ModelSession.open(model, SessionSettings.DEFAULT)) {
            Map<String, HostTensor> inputs = new LinkedHashMap<>();
            for (ValueDescription input : session.inputs()) {
                inputs.put(input.name(), HostTensor.of(known.get("in." + input.name())));
            }
            return session.run(inputs).values().iterator().next();
        }
    }
}
