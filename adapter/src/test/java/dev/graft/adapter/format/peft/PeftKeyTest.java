package dev.graft.adapter.format.peft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftKeyTest {
    @ParameterizedTest
    @CsvSource({
        "base_model.model.model.layers.0.q_proj.lora_A.weight, model.layers.0.q_proj, LORA_A, ''",
        "base_model.model.q.lora_A.default.weight, q, LORA_A, default",
        "base_model.model.q.lora_B.weight, q, LORA_B, ''",
        "base_model.model.q.lora_B.bias, q, LORA_B_BIAS, ''",
        "base_model.model.q.lora_B.other.bias, q, LORA_B_BIAS, other",
        "q.lora_A.weight, q, LORA_A, ''",
        "base_model.model._orig_mod.q.lora_A.weight, q, LORA_A, ''",
        "_orig_mod.base_model.model.q.lora_A.weight, q, LORA_A, ''",
        "base_model.model.e.lora_embedding_A, e, EMBEDDING_A, ''",
        "base_model.model.e.lora_embedding_B.default, e, EMBEDDING_B, default",
        "base_model.model.q.lora_magnitude_vector, q, MAGNITUDE, ''",
        "base_model.model.q.lora_magnitude_vector.weight, q, MAGNITUDE, ''",
        "base_model.model.q.lora_magnitude_vector.default.weight, q, MAGNITUDE, default",
        "base_model.model.e.token_adapter.trainable_tokens_delta, e, TOKEN_ROWS, ''",
        "base_model.model.e.trainable_tokens_delta, e, TOKEN_ROWS, ''",
        "base_model.model.e.trainable_tokens_delta.default, e, TOKEN_ROWS, default",
        "base_model.model.e.base_layer.weight, e, BASE_COPY, ''",
        "base_model.model.e.token_adapter.base_layer.weight, e, BASE_COPY, ''",
        "base_model.model.q.base_layer.bias, q, TENSOR, ''",
        "base_model.model.classifier.weight, classifier, TENSOR, ''",
        "base_model.model.classifier.modules_to_save.weight, classifier, TENSOR, ''",
        "base_model.model.classifier.modules_to_save.default.dense.weight, classifier.dense, TENSOR, ''",
        "base_model.model.classifier.original_module.weight, classifier, BASE_COPY, ''",
        "base_model.model.q.lora_E, q, SINGULAR_VALUES, ''",
        "base_model.model.q.lora_E.default, q, SINGULAR_VALUES, default",
        "base_model.model.q.lora_A, q, SINGULAR_A, ''",
        "base_model.model.q.lora_B.default, q, SINGULAR_B, default",
        "base_model.model.q.vera_lambda_b, q, LAMBDA_B, ''",
        "base_model.model.q.vera_lambda_d.default, q, LAMBDA_D, default",
        "base_model.vera_A, '', PROJECTION_A, ''",
        "base_model.vera_B.default, '', PROJECTION_B, default",
        "base_model.model.vera_A, '', UNKNOWN, ''",
        "base_model.vera_A.x.y, base_model.vera_A.x, UNKNOWN, ''",
        "base_model.model.q.vblora_logits_A, q, LOGITS_A, ''",
        "base_model.model.q.vblora_logits_B_topk_indices, q, TOP_INDICES_B, ''",
        "base_model.model.q.vblora_logits_A_topk_weights.default, q, TOP_WEIGHTS_A, default",
        "base_model.vblora_vector_bank, '', VECTOR_BANK, ''",
        "base_model.model.norm.ln_tuning_layers.weight, norm, TUNED_TENSOR, ''",
        "base_model.model.norm.ln_tuning_layers.default.bias, norm, TUNED_TENSOR, ''",
        "base_model.model.block.ln_tuning_layers.inner.weight, block.inner, TUNED_TENSOR, ''",
        "base_model.model.q.lora_A.a.b.weight, q, UNKNOWN, a",
        "base_model.model.q.hada_w1_a, q, UNKNOWN, ''",
        "base_model.model.lora_A.weight, '', UNKNOWN, ''",
        "weight, '', UNKNOWN, ''"
    })
    void namesAreTakenApart(String name, String module, PeftKey.Part part, String adapter) {
        PeftKey key = PeftKey.parse(name);

        assertThat(key.part()).isEqualTo(part);
        assertThat(key.module()).isEqualTo(module);
        assertThat(key.adapter()).isEqualTo(adapter);
    }

    @Test
    void thePrefixIsNoticed() {
        assertThat(PeftKey.parse("base_model.model.q.lora_A.weight").hasPrefix())
                .isTrue();
        assertThat(PeftKey.parse("model.q.lora_A.weight").hasPrefix()).isFalse();
    }
}
