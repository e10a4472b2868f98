package dev.graft.adapter.format.kohya;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.format.safetensors.SafetensorsFile;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Shared;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KohyaReaderTest {
    @Test
    void locOnMergesToWhatLycorisMerges() {
        Path folder = Shared.path("conformance/peft/kohya");
        Map<String, Tensor> golden = SafetensorsReader.read(folder.resolve("locon.expected.safetensors"))
                .tensors();

        Adapter flat = KohyaReader.read(SafetensorsReader.read(folder.resolve("locon.safetensors")));
        Adapter adapter =
                KohyaNames.restore(flat, List.of("conv_in", "text_model.encoder.layers.0.self_attn.q_proj", "other"));

        assertThat(flat.format()).isEqualTo("kohya");
        assertThat(flat.details()).containsEntry("modules of te", "1").containsEntry("modules of unet", "1");
        assertThat(flat.lowRankChanges())
                .extracting(LowRankChange::module)
                .containsExactlyInAnyOrder("conv_in", "text_model_encoder_layers_0_self_attn_q_proj");
        for (LowRankChange change : adapter.lowRankChanges()) {
            double[] merged = golden.get("base." + change.module()).toDoubles();
            double[] delta = product(change);
            double[] expected = golden.get("merged." + change.module()).toDoubles();
            for (int i = 0; i < merged.length; i++) {
                assertThat(merged[i] + change.scaling() * delta[i]).isCloseTo(expected[i], within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"loha, LoHa", "lokr_full, LoKr", "lokr_lowrank, LoKr", "diag_oft, OFT"})
    void otherMethodsAreRefusedByName(String file, String method) {
        Path path = Shared.path("conformance/peft/kohya/" + file + ".safetensors");

        assertFails(
                () -> KohyaReader.read(SafetensorsReader.read(path)),
                ErrorCode.METHOD_UNSUPPORTED,
                "this adapter is " + method);
    }

    @Test
    void doraOfLycorisIsRefusedWithItsReason() {
        assertFails(
                () -> KohyaReader.read(file(tensor("lora_unet_q.dora_scale", 4))),
                ErrorCode.METHOD_UNSUPPORTED,
                "whose norm runs over the inputs and has an epsilon");
    }

    @ParameterizedTest
    @CsvSource({"6, 3", "0, 1", "-1, -0.5"})
    void alphaByRankIsTheScaling(float alpha, double scaling) {
        Adapter adapter = KohyaReader.read(file(
                tensor("lora_te_q.lora_down.weight", 2, 3),
                tensor("lora_te_q.lora_up.weight", 4, 2),
                Tensor.ofFloats("lora_te_q.alpha", Shape.of(), alpha)));

        assertThat(adapter.lowRankChanges().get(0).scaling()).isEqualTo(scaling);
    }

    @Test
    void withoutAlphaTheScalingIsOne() {
        Adapter adapter =
                KohyaReader.read(file(tensor("lora_q.lora_down.weight", 2, 3), tensor("lora_q.lora_up.weight", 4, 2)));

        assertThat(adapter.lowRankChanges().get(0).scaling()).isEqualTo(1);
        assertThat(adapter.lowRankChanges().get(0).module()).isEqualTo("q");
    }

    /** up(1x1) after mid(3x3) after down(1x1), one convolution after the other, against the folded form. */
    @Test
    void aTuckerFormIsMultipliedOutExactly() {
        Tensor down = tensor("lora_unet_c.lora_down.weight", 2, 3, 1, 1);
        Tensor mid = tensor("lora_unet_c.lora_mid.weight", 2, 2, 3, 3);
        Tensor up = tensor("lora_unet_c.lora_up.weight", 4, 2, 1, 1);

        LowRankChange change =
                KohyaReader.read(file(down, mid, up)).lowRankChanges().get(0);

        assertThat(change.kind()).isEqualTo(LayerKind.CONV);
        assertThat(change.a().shape()).isEqualTo(Shape.of(2, 3, 3, 3));
        double[] delta = product(change);
        for (int o = 0; o < 4; o++) {
            for (int c = 0; c < 3; c++) {
                for (int k = 0; k < 9; k++) {
                    double expected = 0;
                    for (int i = 0; i < 2; i++) {
                        for (int j = 0; j < 2; j++) {
                            expected += up.toDoubles()[o * 2 + i]
                                    * mid.toDoubles()[(i * 2 + j) * 9 + k]
                                    * down.toDoubles()[j * 3 + c];
                        }
                    }
                    assertThat(delta[(o * 3 + c) * 9 + k]).isCloseTo(expected, within(1e-12));
                }
            }
        }
    }

    @Test
    void tensorsThatDoNotFitAreRefused() {
        assertFails(
                () -> KohyaReader.read(file(tensor("lora_q.lora_down.weight", 2, 3))),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "the module has no lora_up.weight");
        assertFails(
                () -> KohyaReader.read(
                        file(tensor("lora_q.lora_down.weight", 2, 3), tensor("lora_q.lora_up.weight", 4, 3))),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "down [2, 3] and up [4, 3] do not fit together");
        assertFails(
                () -> KohyaReader.read(file(tensor("lora_q.lora_down.weight", 2, 3), tensor("lora_q.scalar", 1))),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "the name has no known meaning in a kohya file");
        assertFails(
                () -> KohyaReader.read(
                        file(tensor("lora_te_q.lora_up.weight", 2, 3), tensor("lora_unet_q.lora_up.weight", 2, 3))),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "another model of the pipeline has a module of the same name");
        assertFails(
                () -> KohyaReader.read(file(
                        tensor("lora_q.lora_down.weight", 2, 3, 1, 1),
                        tensor("lora_q.lora_mid.weight", 2, 5, 3, 3),
                        tensor("lora_q.lora_up.weight", 4, 2, 1, 1))),
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "do not fit together");
    }

    @Test
    void namesThatFitNoneOrSeveralModulesAreRefused() {
        Adapter adapter = KohyaReader.read(
                file(tensor("lora_a_b.lora_down.weight", 2, 3), tensor("lora_a_b.lora_up.weight", 4, 2)));

        assertFails(
                () -> KohyaNames.restore(adapter, List.of("a.c")),
                ErrorCode.TARGET_NOT_FOUND,
                "the flattened name 'a_b' fits no module of the model");
        assertFails(
                () -> KohyaNames.restore(adapter, List.of("a.b", "a_b")),
                ErrorCode.TARGET_AMBIGUOUS,
                "the flattened name 'a_b' fits several modules: a.b, a_b");
    }

    @ParameterizedTest
    @CsvSource({
        "text_model_encoder_layers_11_self_attn_out_proj, text_model.encoder.layers.11.self_attn.out_proj",
        "down_blocks_0_attentions_1_transformer_blocks_0_attn1_to_out_0,"
                + " down_blocks.0.attentions.1.transformer_blocks.0.attn1.to_out.0",
        "mid_block_attentions_0_transformer_blocks_0_ff_net_0_proj,"
                + " mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj",
        "up_blocks_2_resnets_1_conv_shortcut, up_blocks.2.resnets.1.conv_shortcut",
        "conv_in, conv_in",
        "model_layers_3_mlp_down_proj, model.layers.3.mlp.down_proj"
    })
    void namesOfKnownModelsAreTurnedBack(String flat, String path) {
        Adapter adapter = KohyaReader.read(file(
                tensor("lora_unet_" + flat + ".lora_down.weight", 2, 3),
                tensor("lora_unet_" + flat + ".lora_up.weight", 4, 2)));

        assertThat(KohyaVocabulary.restore(adapter).lowRankChanges())
                .extracting(LowRankChange::module)
                .containsExactly(path);
    }

    @Test
    void namesWithOtherWordsAreRefused() {
        Adapter adapter = KohyaReader.read(
                file(tensor("lora_my_layer.lora_down.weight", 2, 3), tensor("lora_my_layer.lora_up.weight", 4, 2)));

        assertFails(
                () -> KohyaVocabulary.restore(adapter),
                ErrorCode.CONVERT_UNSUPPORTED,
                "'my_layer' can be read back as no path with the module names of Stable Diffusion");
    }

    private static double[] product(LowRankChange change) {
        double[] a = change.a().toDoubles();
        double[] b = change.b().toDoubles();
        int rank = (int) change.rank();
        int columns = a.length / rank;
        double[] product = new double[b.length / rank * columns];
        for (int i = 0; i < product.length; i++) {
            for (int k = 0; k < rank; k++) {
                product[i] += b[i / columns * rank + k] * a[k * columns + i % columns];
            }
        }
        return product;
    }

    private static Tensor tensor(String name, long... dims) {
        Shape shape = Shape.of(dims);
        Random random = new Random(name.hashCode());
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return Tensor.ofFloats(name, shape, values);
    }

    private static SafetensorsFile file(Tensor... tensors) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            byName.put(tensor.name(), tensor);
        }
        return new SafetensorsFile(Path.of("k.safetensors"), Map.of(), byName);
    }

    private static void assertFails(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(GraftException.class, error -> {
            assertThat(error.code()).isEqualTo(code);
            assertThat(error).hasMessageContaining(message);
        });
    }
}
