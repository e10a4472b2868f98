package dev.graft.adapter.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The hostile files of the conformance data that are adapters or parts of one; the codes are ours, the outcomes theirs. */
class BadInputsTest {
    private static final Map<String, ErrorCode> REJECTED = Map.ofEntries(
            Map.entry("peft/bad_rank_mismatch_config/adapter_config.json", ErrorCode.ADAPTER_TENSORS_INVALID),
            Map.entry("peft/bad_r_zero/adapter_config.json", ErrorCode.ADAPTER_CONFIG_INVALID),
            Map.entry("peft/bad_alpha_nan/adapter_config.json", ErrorCode.JSON_MALFORMED),
            Map.entry("peft/bad_missing_B/adapter_config.json", ErrorCode.ADAPTER_TENSORS_INVALID),
            Map.entry("peft/bad_A_B_rank_differ/adapter_config.json", ErrorCode.ADAPTER_TENSORS_INVALID),
            Map.entry("peft/bad_dora_without_magnitude/adapter_config.json", ErrorCode.ADAPTER_TENSORS_INVALID),
            Map.entry("peft/bad_unsupported_type/adapter_config.json", ErrorCode.METHOD_UNSUPPORTED),
            Map.entry("peft/bad_config_missing/adapter_config.json", ErrorCode.JSON_MALFORMED),
            Map.entry("peft/bad_config_deep_json/adapter_config.json", ErrorCode.JSON_MALFORMED),
            Map.entry("peft/bad_pickle_bin/adapter_model.bin", ErrorCode.PICKLE_REFUSED),
            Map.entry("archive/bad_zip_bomb_64m.zip", ErrorCode.ARCHIVE_REFUSED),
            Map.entry("onnx_adapter/bad_truncated.onnx_adapter", ErrorCode.ONNX_ADAPTER_MALFORMED),
            Map.entry("onnx_adapter/bad_root_offset.onnx_adapter", ErrorCode.ONNX_ADAPTER_MALFORMED));

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> badAdaptersAreRejected() {
        Path root = Shared.path("conformance/badinputs");
        return REJECTED.entrySet().stream()
                .map(entry -> dynamicTest(
                        entry.getKey(),
                        () -> assertThatThrownBy(() ->
                                        AdapterFiles.readAdapter(root.resolve(entry.getKey()), ReadOptions.DEFAULT))
                                .isInstanceOfSatisfying(
                                        GraftException.class,
                                        error -> assertThat(error.code()).isEqualTo(entry.getValue()))));
    }

    @TestFactory
    Stream<DynamicTest> safetensorsFilesAreAcceptedOrRejected() throws IOException {
        try (Stream<Path> files = Files.list(Shared.path("conformance/badinputs/safetensors"))) {
            return files.sorted().toList().stream()
                    .map(file -> dynamicTest(file.getFileName().toString(), () -> {
                        if (file.getFileName().toString().startsWith("ok_")) {
                            assertThat(SafetensorsReader.read(file).file()).isEqualTo(file);
                        } else {
                            assertThatThrownBy(() -> SafetensorsReader.read(file))
                                    .isInstanceOfSatisfying(
                                            GraftException.class,
                                            error -> assertThat(error.code())
                                                    .isEqualTo(ErrorCode.SAFETENSORS_MALFORMED));
                        }
                    }));
        }
    }

    /** Here nothing is wrong with the adapter: that its module is not in the model shows when it meets the model. */
    @Test
    void anAdapterForAnotherModelIsReadWithItsTarget() {
        Path config = Shared.path("conformance/badinputs/peft/bad_target_not_in_model/adapter_config.json");

        Adapter adapter = AdapterFiles.readAdapter(config, ReadOptions.DEFAULT);

        assertThat(adapter.lowRankChanges()).singleElement().satisfies(change -> {
            assertThat(change.module()).isEqualTo("q_proj");
            assertThat(change.scaling()).isEqualTo(2);
        });
    }

    /** The good example has lost its weights; those of a neighbour are the same. */
    @Test
    void theGoodConfigurationIsAccepted() throws IOException {
        Path peft = Shared.path("conformance/badinputs/peft");
        Files.copy(peft.resolve("ok/adapter_config.json"), folder.resolve("adapter_config.json"));
        Files.copy(
                peft.resolve("bad_alpha_nan/adapter_model.safetensors"), folder.resolve("adapter_model.safetensors"));

        Adapter adapter = AdapterFiles.readAdapter(folder, ReadOptions.DEFAULT);

        assertThat(adapter.lowRankChanges()).singleElement().satisfies(change -> {
            assertThat(change.module()).isEqualTo("mm");
            assertThat(change.scaling()).isEqualTo(2);
        });
    }
}
