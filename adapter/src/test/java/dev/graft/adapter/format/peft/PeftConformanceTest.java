package dev.graft.adapter.format.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every adapter that PEFT made for the conformance data: the weights that it merges to, or the reason of the refusal. */
class PeftConformanceTest {
    private static final Map<String, String> REFUSED_LORA = Map.of(
            "llama/alora", "alora_invocation_tokens",
            "llama/bdlora", "use_bdlora",
            "llama/kasa", "kasa_config",
            "llama/olora", "path_initial_model_for_weight_conversion",
            "llama/pissa", "path_initial_model_for_weight_conversion");
    private static final Set<String> READ =
            Set.of("LORA", "TRAINABLE_TOKENS", "ADALORA", "VERA", "VBLORA", "LN_TUNING");
    private static final Set<String> CONV1D = Set.of("c_attn", "c_proj", "c_fc");

    @TestFactory
    Stream<DynamicTest> everyVariantMergesToWhatPeftMergesOrIsRefusedByName() throws IOException {
        Path root = Shared.path("conformance/peft");
        return variants(root)
                .map(variant -> dynamicTest(root.relativize(variant).toString(), () -> {
                    String name = root.relativize(variant).toString();
                    String type = PeftConfig.read(variant.resolve("adapter/adapter_config.json"))
                            .text("peft_type")
                            .orElseThrow();
                    if (REFUSED_LORA.containsKey(name)) {
                        assertRefused(variant, REFUSED_LORA.get(name));
                    } else if (READ.contains(type)) {
                        assertMergesAsPeftDoes(variant);
                    } else {
                        assertRefused(variant, type);
                    }
                }));
    }

    private static Stream<Path> variants(Path root) throws IOException {
        try (Stream<Path> all = Files.find(root, 2, (path, attributes) -> Files.isDirectory(path.resolve("adapter")))) {
            return all.sorted().toList().stream();
        }
    }

    private static void assertRefused(Path variant, String word) {
        assertThatThrownBy(() -> AdapterFiles.readAdapter(variant.resolve("adapter"), ReadOptions.DEFAULT))
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.METHOD_UNSUPPORTED);
                    assertThat(error.describe()).contains(word);
                });
    }

    private static void assertMergesAsPeftDoes(Path variant) {
        Map<String, Tensor> base = SafetensorsReader.read(variant.resolveSibling("base/base.safetensors"))
                .tensors();
        Map<String, Tensor> wanted = SafetensorsReader.read(variant.resolve("merged_changed.safetensors"))
                .tensors();
        boolean gpt2 = variant.getParent().endsWith("gpt2");

        Adapter adapter = AdapterFiles.readAdapter(variant.resolve("adapter"), ReadOptions.DEFAULT);
        Map<String, double[]> merged = new DenseMerge(
                        base, module -> gpt2 && CONV1D.contains(module.substring(module.lastIndexOf('.') + 1)))
                .merge(adapter);

        assertThat(merged.keySet()).containsAll(withoutTiedHead(variant, wanted.keySet()));
        merged.forEach((name, values) -> {
            double[] expected = wanted.getOrDefault(name, base.get(name)).toDoubles();
            assertThat(largestDifference(values, expected)).as(name).isLessThan(1e-6);
        });
    }

    /** PEFT merges an embedding into the tied head too; unmerged, the head stays as it is, and so it does here. */
    private static Set<String> withoutTiedHead(Path variant, Set<String> wanted) {
        Set<String> names = new TreeSet<>(wanted);
        if (variant.endsWith("gpt2/lora_wte")) {
            names.remove("lm_head.weight");
        }
        return names;
    }

    private static double largestDifference(double[] left, double[] right) {
        assertThat(left).hasSameSizeAs(right);
        double largest = 0;
        for (int i = 0; i < left.length; i++) {
            largest = Math.max(largest, Math.abs(left[i] - right[i]));
        }
        return largest;
    }

    @TestFactory
    Stream<DynamicTest> adaptersThatOthersPublishedAreRead() {
        return Stream.of(
                        "adapters/peft_bert_base_r8",
                        "adapters/peft_distilbert_emotion_r8",
                        "adapters/peft_distilbert_imdb_r8",
                        "adapters/peft_gpt2_tigrinya_r8_c_proj",
                        "models/stories260K/peft_e2e_r8",
                        "models/stories260K/peft_e2e_r8_hd16",
                        "conformance/peft/multi/parts/a",
                        "conformance/peft/multi/parts/b",
                        "conformance/peft/multi/combo_cat/combo",
                        "conformance/peft/multi/hot_rank_pattern_A",
                        "conformance/peft/multi/pissa_converted")
                .map(path -> dynamicTest(path, () -> {
                    Adapter adapter = AdapterFiles.readAdapter(Shared.path(path), ReadOptions.DEFAULT);

                    assertThat(adapter.method()).isEqualTo("LoRA");
                    assertThat(adapter.lowRankChanges()).isNotEmpty();
                    assertThat(adapter.warnings()).isEqualTo(List.of());
                }));
    }

    @Test
    void aHeadThatTheConfigurationDoesNotNameReplacesTheBasesAsInPeft() {
        Path path = Shared.path("adapters/peft_gpt2_emotion_r8_fan_in_fan_out");

        Adapter adapter = AdapterFiles.readAdapter(path, ReadOptions.DEFAULT);

        assertThat(adapter.changes())
                .filteredOn(TensorReplacement.class::isInstance)
                .hasSize(1);
        assertThat(adapter.warnings())
                .containsExactly(
                        "1 whole tensors are in the file though the configuration does not name them:"
                                + " base_model.model.score.weight; they replace the base's tensors, as when PEFT loads the file");
    }
}
