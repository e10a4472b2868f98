package dev.graft.adapter.format.peft;

import static dev.graft.adapter.format.peft.PeftAssertions.assertConfigInvalid;
import static dev.graft.adapter.format.peft.PeftAssertions.assertFails;
import static dev.graft.adapter.format.peft.PeftAssertions.assertInvalid;
import static dev.graft.adapter.format.peft.PeftAssertions.assertUnsupported;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.TensorReplacement;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeftReaderTest {
    @TempDir
    Path folder;

    private PeftFolderBuilder adapter;

    @BeforeEach
    void anAdapterOfRankTwo() {
        adapter = new PeftFolderBuilder(folder.resolve("adapter"));
    }

    @Test
    void loraHasAlphaByRankAsItsScaling() throws IOException {
        Adapter read = adapter.read();

        LowRankChange change = read.lowRankChanges().get(0);
        assertThat(read.method()).isEqualTo("LoRA");
        assertThat(read.format()).isEqualTo("peft");
        assertThat(read.warnings()).isEmpty();
        assertThat(change.module()).isEqualTo("q");
        assertThat(change.kind()).isEqualTo(LayerKind.LINEAR);
        assertThat(change.scaling()).isEqualTo(2);
        assertThat(change.a().toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void rsLoraDividesByTheRootOfTheRank() throws IOException {
        Adapter read = adapter.option("use_rslora", "true").read();

        assertThat(read.method()).isEqualTo("rsLoRA");
        assertThat(read.lowRankChanges().get(0).scaling()).isCloseTo(2.8284271247461903, within(1e-15));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.25", "0, 0", "-3, -1.5", "1e1, 5"})
    void alphaMayBeAnyFiniteNumber(String alpha, double scaling) throws IOException {
        assertThat(adapter.option("lora_alpha", alpha)
                        .read()
                        .lowRankChanges()
                        .get(0)
                        .scaling())
                .isEqualTo(scaling);
    }

    @Test
    void patternsAreTriedInTheOrderOfTheFile() throws IOException {
        adapter.tensor("m.v.lora_A.weight", 3, 3).tensor("m.v.lora_B.weight", 4, 3);
        adapter.option("rank_pattern", "{\"m.v\": 3, \"v\": 7}");
        adapter.option("alpha_pattern", "{\"v\": 6, \"m.v\": 60}");

        List<LowRankChange> changes = adapter.read().lowRankChanges();

        assertThat(changes).extracting(LowRankChange::module).containsExactly("m.v", "q");
        assertThat(changes).extracting(LowRankChange::scaling).containsExactly(2.0, 2.0);
    }

    @Test
    void doraNeedsAMagnitudeForEveryModule() throws IOException {
        adapter.option("use_dora", "true");
        assertInvalid(adapter::read, "use_dora is set, but it has no lora_magnitude_vector");

        adapter.tensor("q.lora_magnitude_vector", 4);
        assertThat(adapter.read().lowRankChanges().get(0).isDora()).isTrue();

        adapter.tensor("q.lora_magnitude_vector", 3);
        assertInvalid(adapter::read, "expected 4 magnitudes, got [3]");

        adapter.option("use_dora", "false");
        assertInvalid(adapter::read, "it has a lora_magnitude_vector, but use_dora is not set");
    }

    @Test
    void loraBiasNeedsABiasForEveryModule() throws IOException {
        adapter.option("lora_bias", "true");
        assertInvalid(adapter::read, "lora_bias is set, but it has no lora_B.bias");

        adapter.tensor("q.lora_B.bias", 4);
        assertThat(adapter.read().lowRankChanges().get(0).biasDelta()).isNotNull();

        adapter.tensor("q.lora_B.bias", 5);
        assertInvalid(adapter::read, "expected 4 elements, got [5]");
    }

    @Test
    void embeddingsAndConvolutionsAreToldByTheirTensors() throws IOException {
        adapter.tensor("e.lora_embedding_A", 2, 9).tensor("e.lora_embedding_B", 5, 2);
        adapter.tensor("c.lora_A.weight", 2, 3, 3, 3).tensor("c.lora_B.weight", 8, 2, 1, 1);
        adapter.tensor("e.base_layer.weight", 9, 5);

        Adapter read = adapter.read();

        assertThat(read.lowRankChanges())
                .extracting(LowRankChange::kind)
                .containsExactly(LayerKind.CONV, LayerKind.EMBEDDING, LayerKind.LINEAR);
        assertThat(read.warnings())
                .containsExactly(
                        "'base_model.model.e.base_layer.weight' [9, 5] is a copy of the base's own weight and is"
                                + " not applied");
    }

    @Test
    void savedModulesAndTrainedBiasesReplaceTheBases() throws IOException {
        adapter.option("modules_to_save", "[\"head\"]").option("bias", "\"all\"");
        adapter.tensor("x.head.weight", 2, 4).tensor("x.head.dense.gamma", 2);
        adapter.tensor("q.base_layer.bias", 4).tensor("norm.bias", 4);

        Adapter read = adapter.readStrictly();

        assertThat(read.changes())
                .filteredOn(TensorReplacement.class::isInstance)
                .extracting(change -> change.module() + "." + ((TensorReplacement) change).parameter())
                .containsExactly("norm.bias", "q.bias", "x.head.dense.gamma", "x.head.weight");
    }

    @Test
    void aTensorThatTheConfigurationDoesNotNameIsAWarningOrAnError() throws IOException {
        adapter.tensor("score.weight", 2, 4);

        assertThat(adapter.read().warnings()).singleElement().asString().contains("base_model.model.score.weight");
        assertInvalid(
                adapter::readStrictly, "1 whole tensors are in the file though the configuration does not name them");
    }

    @Test
    void tokenRowsAreNamedByAListOrByEmbedding() throws IOException {
        adapter.tensor("m.embed.token_adapter.trainable_tokens_delta", 2, 4);

        adapter.option("trainable_token_indices", "[7, 3]");
        assertThat(rows(adapter.read())).containsExactly(7L, 3L);
        adapter.option("trainable_token_indices", "{\"other\": [1], \"embed\": [5, 6]}");
        assertThat(rows(adapter.read())).containsExactly(5L, 6L);
        adapter.option("trainable_token_indices", "{\"bed\": [5, 6]}");
        assertConfigInvalid(adapter::read, "trainable_token_indices does not name the embedding 'm.embed'");
        adapter.option("trainable_token_indices", "[7]");
        assertInvalid(adapter::read, "expected 1 rows, as trainable_token_indices says, got [2, 4]");
        adapter.option("trainable_token_indices", "[7, 7]");
        assertConfigInvalid(adapter::read, "trainable_token_indices names a row twice");
        adapter.option("trainable_token_indices", "[7, -1]");
        assertConfigInvalid(adapter::read, "expected trainable_token_indices to hold row numbers, got -1");
    }

    @Test
    void trainableTokensStandAlone() throws IOException {
        adapter.option("peft_type", "\"TRAINABLE_TOKENS\"").option("token_indices", "[1, 2]");
        adapter.without("q.lora_A.weight").without("q.lora_B.weight").tensor("embed.trainable_tokens_delta", 2, 4);

        Adapter read = adapter.read();

        assertThat(read.method()).isEqualTo("trainable tokens");
        assertThat(rows(read)).containsExactly(1L, 2L);
    }

    @Test
    void oldNamesAreReadWithAWarningWhereThePrefixIsMissing() throws IOException {
        adapter.without("q.lora_A.weight").without("q.lora_B.weight");
        adapter.tensorAs("q.lora_A.default.weight", 2, 3).tensorAs("q.lora_B.default.weight", 4, 2);

        Adapter read = adapter.read();

        assertThat(read.lowRankChanges()).extracting(LowRankChange::module).containsExactly("q");
        assertThat(read.warnings())
                .containsExactly("2 tensor names lack PEFT's prefix 'base_model.model.': q.lora_A.default.weight,"
                        + " q.lora_B.default.weight");
    }

    @Test
    void severalAdaptersInOneFileAreRefused() {
        adapter.tensor("v.lora_A.one.weight", 2, 3).tensor("v.lora_B.two.weight", 4, 2);

        assertInvalid(adapter::read, "the file holds several adapters: one, two");
    }

    @Test
    void tensorsWithoutAMeaningAreListed() {
        adapter.tensor("q.lora_E", 2, 1).tensor("q.extra", 1);

        assertInvalid(
                adapter::read, "2 tensors have no known meaning: base_model.model.q.extra, base_model.model.q.lora_E");
    }

    @Test
    void factorsThatDoNotFitAreRefused() {
        assertInvalid(adapter.without("q.lora_B.weight")::read, "it has no lora_B");
        assertInvalid(
                adapter.tensor("q.lora_B.weight", 4, 3)::read, "the ranks differ: A [2, 3] has 2, B [4, 3] has 3");
        assertInvalid(
                adapter.tensor("q.lora_B.weight", 4, 2).option("r", "8")::read,
                "the configuration gives q rank 8, but A [2, 3] has 2");
        assertInvalid(adapter.tensor("q.lora_B.weight", 8)::read, "expected two matrices or two convolution kernels");
        assertInvalid(
                adapter.tensor("q.lora_A.weight", 2, 3, 3)
                        .tensor("q.lora_B.weight", 4, 2, 3)
                        .option("r", "2")::read,
                "expected a 1x1 kernel, got [4, 2, 3]");
    }

    @Test
    void patternsThatNeverEndAreCutShort() {
        String module = "a".repeat(900);
        adapter.tensor(module + ".lora_A.weight", 2, 3).tensor(module + ".lora_B.weight", 4, 2);

        assertConfigInvalid(
                adapter.option("rank_pattern", "{\"(a+)+(a+)+(a+)+(a+)+b\": 2}")::read,
                "the keys of rank_pattern take too long to match, at 'aaaa");
    }

    @Test
    void thousandsOfExactPatternsTakeNoTime() throws IOException {
        StringBuilder ranks = new StringBuilder("{");
        for (int i = 0; i < 3000; i++) {
            String module = "m.experts." + i + ".up_proj";
            adapter.tensor(module + ".lora_A.weight", 1, 1).tensor(module + ".lora_B.weight", 1, 1);
            ranks.append("\"^").append(module.replace(".", "\\\\.")).append("\": 1, ");
        }

        assertThat(adapter.option("rank_pattern", ranks.append("\"x\": 9}").toString())
                        .read()
                        .lowRankChanges())
                .hasSize(3001);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r | 0 | expected r to be a whole number from 1 on, got 0",
                "r | 2.0 | expected r to be a whole number from 1 on, got 2.0",
                "r | '' | r is missing",
                "lora_alpha | '' | lora_alpha is missing, and without it the size of the change is unknown",
                "lora_alpha | null | lora_alpha is missing",
                "lora_alpha | 1e999 | expected lora_alpha to be finite, got 1e999",
                "lora_alpha | \"4\" | expected lora_alpha to be a number, got a string",
                "use_rslora | 1 | expected use_rslora to be true or false, got a number",
                "rank_pattern | [] | expected rank_pattern to be an object, got an array",
                "rank_pattern | {\"(q\": 2} | cannot read the regular expression '(q' in rank_pattern: Unclosed group",
                "rank_pattern | {\"q\": 0} | expected rank_pattern to be a whole number from 1 on, got 0",
                "alpha_pattern | {\"q\": true} | expected alpha_pattern to be a number, got true or false",
                "modules_to_save | [1] | expected modules_to_save to be a list of strings, got a number",
                "peft_type | '' | peft_type is missing",
            })
    void optionsThatMakeNoSenseAreRefused(String option, String value, String message) {
        assertConfigInvalid(adapter.option(option, value)::read, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "layer_replication | [[0,4],[2,5]]",
                "alora_invocation_tokens | [1]",
                "use_qalora | true",
                "use_bdlora | {\"nblocks\": 2}",
                "arrow_config | {\"a\": 1}",
                "velora_config | {\"a\": 1}",
                "monteclora_config | {\"a\": 1}",
                "target_parameters | [\"experts.gate_up_proj\"]",
                "kasa_config | {\"a\": 1}"
            })
    void variantsThatCannotBeMergedAreRefusedByName(String option, String value) {
        assertUnsupported(adapter.option(option, value)::read, option + " is not supported: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pissa", "pissa_niter_16", "PiSSA", "olora", "corda", "loftq", "lora_ga"})
    void initialisationsThatChangedTheBaseAreRefusedWithTheWayOut(String init) {
        assertThatThrownBy(adapter.option("init_lora_weights", "\"" + init + "\"")::read)
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.METHOD_UNSUPPORTED);
                    assertThat(error)
                            .hasMessageStartingWith("init_lora_weights '" + init + "' is not supported as it is");
                    assertThat(error.remedy()).contains("path_initial_model_for_weight_conversion");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false", "null", "\"gaussian\"", "\"eva\"", "\"orthogonal\"", "\"mica\""})
    void otherInitialisationsSayNothing(String init) throws IOException {
        assertThat(adapter.option("init_lora_weights", init).read().warnings()).isEmpty();
    }

    @Test
    void anUnknownOptionIsAWarningOrAnErrorUnlessItIsEmpty() throws IOException {
        adapter.option("new_null", "null").option("new_false", "false").option("new_empty", "{}");
        assertThat(adapter.readStrictly().warnings()).isEmpty();

        adapter.option("new_maths", "3");
        assertThat(adapter.read().warnings())
                .containsExactly(
                        "unknown option 'new_maths' in adapter_config.json: it may change what the adapter does"
                                + " (ignored)");
        assertThatThrownBy(adapter::readStrictly).isInstanceOfSatisfying(GraftException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.ADAPTER_OPTION_UNKNOWN);
            assertThat(error).hasMessageStartingWith("unknown option 'new_maths'");
        });
    }

    @Test
    void everyTypeOfPeftHasARow() {
        // PeftType of PEFT 0.21, and Bone, which 0.21 renamed
        assertThat(PeftMethods.types())
                .containsExactlyInAnyOrder(("PROMPT_TUNING MULTITASK_PROMPT_TUNING P_TUNING PREFIX_TUNING LORA ADALORA"
                                + " ADAMSS BOFT ADAPTION_PROMPT IA3 BEFT LILY LOHA LOKR OFT POLY LN_TUNING VERA FROD PVERA"
                                + " FOURIERFT GLORA XLORA HRA VBLORA UNILORA CPT MISS RANDLORA ROAD TRAINABLE_TOKENS HIRA"
                                + " SHIRA C3A WAVEFT OSF DELORA GRALORA CARTRIDGE TINYLORA PSOFT PEANUT SHADOW SUPERTUNING"
                                + " DEFT BONE")
                        .split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "XLORA | X-LoRA (a mixture of adapters, gated by the input), and its effect depends on the input, so that"
                        + " no weight can hold it | Export the PyTorch model to ONNX with the adapter on it, or train a LoRA"
                        + " instead.",
                "PREFIX_TUNING | prefix tuning, and it changes the prompt and no weight, so that there is nothing to merge"
                        + " | Export the PyTorch model to ONNX with the adapter on it, or train a LoRA instead.",
                "IA3 | IA3 (a factor on each row or column), and Graft merges and attaches only replaced tensors and"
                        + " low-rank changes as LoRA, DoRA, AdaLoRA, VeRA and VB-LoRA store them | Merge it in PyTorch with"
                        + " PEFT's merge_and_unload and export the merged model to ONNX again.",
                "LOKR | LoKr (a Kronecker product), and Graft merges and attaches only replaced tensors and low-rank"
                        + " changes as LoRA, DoRA, AdaLoRA, VeRA and VB-LoRA store them | Merge it in PyTorch with PEFT's"
                        + " merge_and_unload and export the merged model to ONNX again. Or make a LoRA of it with PEFT's"
                        + " save_as_lora, which comes as near as its rank allows."
            })
    void aMethodIsRefusedByNameAndReasonWithTheWayOut(String type, String reason, String remedy) {
        assertThatThrownBy(adapter.option("peft_type", '"' + type + '"')::read)
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.METHOD_UNSUPPORTED);
                    assertThat(error).hasMessage(type + " is not supported: this adapter is " + reason);
                    assertThat(error.remedy()).isEqualTo(remedy);
                });
    }

    @Test
    void anUnknownMethodGetsASuggestion() {
        assertThatThrownBy(adapter.option("peft_type", "\"LORRA\"")::read)
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error).hasMessage("unknown peft_type 'LORRA'");
                    assertThat(error.remedy()).isEqualTo("Did you mean 'LORA'?");
                });
    }

    @Test
    void multiheadAttentionAndNestedLayersAreRefused() {
        adapter.tensor("attn.base_layer.out_proj.lora_A.weight", 2, 3);
        assertUnsupported(adapter::read, "it is on nn.MultiheadAttention, whose output change PEFT applies twice");

        adapter.without("attn.base_layer.out_proj.lora_A.weight").tensor("experts.base_layer.lora_A.weight", 2, 3);
        assertUnsupported(adapter::read, "it is wrapped in another adapter layer");
    }

    @Test
    void aFolderWithoutWeightsOrConfigurationSaysWhatIsMissing() throws IOException {
        Path written = adapter.write();
        Files.delete(written.resolve("adapter_model.safetensors"));
        assertFails(
                () -> PeftReader.read(written, false), ErrorCode.FILE_NOT_FOUND, "the adapter has no adapter_model");

        Files.write(written.resolve("adapter_model.bin"), new byte[] {1});
        assertFails(
                () -> PeftReader.read(written, false), ErrorCode.PICKLE_REFUSED, "the adapter's weights are a pickle");

        Files.delete(written.resolve("adapter_config.json"));
        assertConfigInvalid(() -> PeftReader.read(written, false), "expected a PEFT folder");
    }

    @Test
    void aFolderOfAdaptersListsThem() throws IOException {
        adapter.write();
        new PeftFolderBuilder(folder.resolve("second")).write();

        assertConfigInvalid(
                () -> PeftReader.read(folder, false),
                "expected one PEFT adapter, but the folder holds 2 in folders of their own: adapter, second");
    }

    private static List<Long> rows(Adapter adapter) {
        return adapter.changes().stream()
                .filter(RowReplacement.class::isInstance)
                .flatMap(change -> ((RowReplacement) change).rows().stream())
                .toList();
    }
}
