package dev.graft.compiler.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.error.GraftException;
import dev.graft.testing.Fixtures;
import org.junit.jupiter.api.Test;

/** The bundled sample was exported through a wrapper that holds the model as {@code model}. */
class WrapperPrefixTest {
    private final ModelIndex wrapped =
            ModelScanner.scan(Fixtures.repository().resolve("samples/language-model/base/model.onnx"));

    @Test
    void slotsAreNamedAsAdaptersNameTheirModulesAlsoWhenTheWrapperIsCalledAsARootIs() {
        assertThat(Slots.select(wrapped, Slots.ALL_LINEAR))
                .hasSize(28)
                .extracting(Slot::module)
                .contains("model.layers.0.self_attn.q_proj")
                .allMatch(module -> module.startsWith("model.layers."));
    }

    @Test
    void aMisspeltModuleGetsTheOneThatWasProbablyMeant() {
        assertThatThrownBy(() -> Slots.select(wrapped, "q_prj"))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.remedy()).startsWith("Did you mean 'q_proj'?"))
                .hasMessageStartingWith(
                        "no module matches 'q_prj'; the model has model.embed_tokens, model.layers.0.self_attn.q_proj, ");
    }
}
