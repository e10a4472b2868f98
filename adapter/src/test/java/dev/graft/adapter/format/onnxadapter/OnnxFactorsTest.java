package dev.graft.adapter.format.onnxadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.Projections;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.adapter.format.kohya.KohyaNames;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnnxFactorsTest {
    @Test
    void factorsAreTransposedAndTheScalingIsPartOfB() {
        List<Tensor> factors = OnnxFactors.of(adapter(change("m.self_attn.q_proj", 0.5)), NameStyle.GENAI);

        assertThat(factors)
                .extracting(Tensor::name)
                .containsExactly("m.attn.q_proj.lora_A.MatMul.weight", "m.attn.q_proj.lora_B.MatMul.weight");
        assertThat(factors.get(0).shape()).isEqualTo(Shape.of(3, 2));
        assertThat(factors.get(0).toDoubles()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(factors.get(1).shape()).isEqualTo(Shape.of(2, 1));
        assertThat(factors.get(1).toDoubles()).containsExactly(3.5, 4);
    }

    @Test
    void kohyasFlattenedNamesAreRestored() {
        LowRankChange flat = change("text_model_encoder_layers_0_self_attn_q_proj", 1);
        Adapter kohya = new Adapter(Path.of("k"), KohyaNames.FORMAT, "LoRA", List.of(flat), Map.of(), List.of());

        assertThat(OnnxFactors.of(kohya, NameStyle.OLIVE))
                .extracting(Tensor::name)
                .containsExactly(
                        "text_model.encoder.layers.0.self_attn.q_proj.lora_A.weight",
                        "text_model.encoder.layers.0.self_attn.q_proj.lora_B.weight");
    }

    @Test
    void aScalingIsRoundedOnceInTheFactorsOwnFormat() {
        LowRankChange half = new LowRankChange(
                "q",
                LayerKind.LINEAR,
                Tensor.ofDoubles("a", DType.FLOAT16, Shape.of(1, 1), 1),
                Tensor.ofDoubles("b", DType.FLOAT16, Shape.of(1, 1), 3),
                1.0 / 3,
                null,
                null);

        Tensor b = OnnxFactors.of(adapter(half), NameStyle.OLIVE).get(1);

        assertThat(b.dtype()).isEqualTo(DType.FLOAT16);
        assertThat(b.toDoubles()).containsExactly(1);
    }

    @Test
    void modulesThatTheStyleGivesOneNameAreRefused() {
        Adapter twins = adapter(change("m.self_attn.q_proj", 1), change("m.attn.q_proj", 1));

        assertThat(OnnxFactors.of(twins, NameStyle.OLIVE)).hasSize(4);
        assertThatThrownBy(() -> OnnxFactors.of(twins, NameStyle.GENAI))
                .isInstanceOfSatisfying(
                        GraftException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.CONVERT_UNSUPPORTED))
                .hasMessageContaining("two modules get the name 'm.attn.q_proj.lora_A.MatMul.weight'");
    }

    @Test
    void veraIsRefusedWithTheWayOut() {
        Tensor one = Tensor.ofFloats("b", Shape.of(1), 1);
        Projections any = new Projections() {
            @Override
            public long mostInputs() {
                return 1;
            }

            @Override
            public Tensor a(long widestInputs) {
                return one.withShape(Shape.of(1, 1));
            }

            @Override
            public Tensor b(long widestInputs) {
                return one.withShape(Shape.of(1, 1));
            }
        };
        Adapter vera = new Adapter(
                Path.of("memory"),
                "test",
                "VeRA",
                List.of(new SharedProjectionChange("q", any, one, one)),
                Map.of(),
                List.of());

        assertThatThrownBy(() -> OnnxFactors.of(vera, NameStyle.OLIVE))
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.CONVERT_UNSUPPORTED);
                    assertThat(error).hasMessageContaining("VeRA cuts its matrices to the width of each of the base's");
                    assertThat(error.remedy()).contains("Attach it to its model in style input");
                });
    }

    private static LowRankChange change(String module, double scaling) {
        return new LowRankChange(
                module,
                LayerKind.LINEAR,
                Tensor.ofFloats("a", Shape.of(2, 3), 1, 2, 3, 4, 5, 6),
                Tensor.ofFloats("b", Shape.of(1, 2), 7, 8),
                scaling,
                null,
                null);
    }

    private static Adapter adapter(LowRankChange... changes) {
        return new Adapter(Path.of("memory"), "test", "LoRA", List.of(changes), Map.of(), List.of());
    }
}
