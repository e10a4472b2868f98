package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two adapters on the same targets, one of them at half, in every style of attaching: what runs is their weighted sum. */
class SeveralAdaptersTest extends TypedCommands {
    private final String other = sample.resolve("adapter-second-style") + "@0.5";

    @ParameterizedTest
    @ValueSource(strings = {"constant", "input", "batched"})
    void areAddedUpAndVerified(String style) {
        String attached = output("attached.onnx");
        assertThat(run("attach", base, adapter, other, "--style", style, "-o", attached))
                .as(messages())
                .isZero();

        assertThat(run("verify", base, adapter, other, "--attached", attached))
                .as(results() + messages())
                .isZero();
        assertThat(results()).contains("verified: it does what base and adapter say");

        assertThat(run("verify", base, adapter, "--attached", attached))
                .as("constants hold both; in the other styles it is verify that puts the one in")
                .isEqualTo(style.equals("constant") ? 1 : 0);
    }
}
