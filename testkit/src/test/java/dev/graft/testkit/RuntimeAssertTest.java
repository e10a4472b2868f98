package dev.graft.testkit;

import static dev.graft.testkit.GraftAssertions.assertThatRuntime;
import static dev.graft.testkit.TestMerges.BASE;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.runtime.adapters.AdapterRuntime;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.testing.Fixtures;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real PEFT adapters put into a runtime, against the same adapters merged. */
class RuntimeAssertTest {
    @TempDir
    Path folder;

    private AdapterRuntime runtime = null;

    @BeforeEach
    void open() {
        Path attached = folder.resolve("attached.onnx");
        Attacher.attach(
                resolve(adapter("lora_all_linear", 1)),
                attached,
                AttachOptions.DEFAULT.withStyle(AttachStyle.INPUT),
                Progress.NONE);
        runtime = AdapterRuntime.open(attached);
        for (String name : List.of("lora", "lora_all_linear", "rslora")) {
            runtime.put(name, Fixtures.path("llama/" + name + "/adapter"));
        }
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void eachAdapterDoesWhatItsMergeDoes() {
        for (String name : List.of("lora", "lora_all_linear", "rslora")) {
            assertThatRuntime(runtime)
                    .withAdapter(name)
                    .producesSameOutputsAs(merged(adapter(name, 1)))
                    .onSamples(4);
        }
        assertThatRuntime(runtime).producesSameOutputsAs(BASE).within(0).onSamples(4);
    }

    @Test
    void aMixDoesWhatAMergeOfWeightedAdaptersDoes() {
        assertThatRuntime(runtime)
                .withMix(AdapterMix.of("lora", 0.7, "rslora", 0.3).and("lora_all_linear", -0.5))
                .producesSameOutputsAs(
                        merged(adapter("lora", 0.7), adapter("rslora", 0.3), adapter("lora_all_linear", -0.5)))
                .onSamples(4);
    }

    @Test
    void anotherAdapterIsAFailureThatNamesIt() {
        assertThatThrownBy(() -> assertThatRuntime(runtime)
                        .withAdapter("lora")
                        .producesSameOutputsAs(merged(adapter("rslora", 1)))
                        .onSamples(2))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("[lora]")
                .hasMessageContaining("but on sample 0 the output 'output' [1, 8, 24] is off:");
        assertThatThrownBy(() -> assertThatRuntime(runtime)
                        .withAdapter("none")
                        .producesSameOutputsAs(BASE)
                        .onSamples(1))
                .isInstanceOf(GraftException.class)
                .hasMessage("unknown adapter \"none\"; loaded: lora, lora_all_linear, rslora");
    }

    private Path merged(WeightedAdapter... adapters) {
        Path merged = folder.resolve("merged").resolve("model.onnx");
        Merger.merge(resolve(adapters), merged, new MergeOptions(false, true, 2), Progress.NONE);
        return merged;
    }

    private static Resolution resolve(WeightedAdapter... adapters) {
        return Resolver.resolve(ModelScanner.scan(BASE), Stream.of(adapters).toList(), ResolveOptions.DEFAULT);
    }

    private static WeightedAdapter adapter(String name, double weight) {
        Path path = Fixtures.path("llama/" + name + "/adapter");
        return new WeightedAdapter(AdapterFiles.readAdapter(path, ReadOptions.DEFAULT), weight);
    }
}
