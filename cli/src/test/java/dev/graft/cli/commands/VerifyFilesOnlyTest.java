package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.testing.Fixtures;
import org.junit.jupiter.api.Test;

/** What {@code graft verify --no-outputs} finds in an artifact that is not what base and adapter give. */
class VerifyFilesOnlyTest extends TypedCommands {
    private final String other = sample.resolve("adapter-second-style").toString();

    @Test
    void whatWasAttachedPasses() {
        attach(base, adapter, "attached.onnx");

        assertThat(verify("--attached", "attached.onnx")).isZero();
        assertThat(results()).contains("all else is its nodes and the branches of 28 targets, byte for byte");
    }

    @Test
    void aModuleThatTwoAdaptersChangeIsOneTarget() {
        assertThat(run("attach", base, adapter, other, "-o", output("both.onnx")))
                .as(messages())
                .isZero();
        assertThat(results()).startsWith("attached 28 targets in ");
    }

    @Test
    void anotherAdapterThatWasAttachedFails() {
        attach(base, other, "other.onnx");

        assertThat(verify("--attached", "other.onnx")).isOne();
        assertThat(results())
                .contains("NOT verified", "the attached model is not what attaching gives: the stored tensor '")
                .contains("lora_B.weight' differs in ");
    }

    @Test
    void theBaseFailsAsAnAttachedModel() {
        assertThat(run("verify", base, adapter, "--attached", base, "--no-outputs"))
                .isOne();
        assertThat(results()).contains("lora_B.weight' is missing");
    }

    @Test
    void anAdapterThatWasAttachedToAMergedModelFails() {
        merge(base, adapter, "merged.onnx");
        attach(output("merged.onnx"), adapter, "twice.onnx");

        assertThat(verify("--attached", "twice.onnx")).isOne();
        assertThat(results()).contains("the attached model has changed a weight of the base: ");
    }

    @Test
    void outputsThatAgreeDoNotReplaceTheStructure() {
        merge(base, adapter, "merged.onnx");

        assertThat(run("verify", base, adapter, "--attached", output("merged.onnx")))
                .isOne();
        assertThat(results()).contains("failed  structure, attached", "passed  outputs, attached");
    }

    @Test
    void aMergeOnTopOfAMergeFails() {
        merge(base, adapter, "merged.onnx");
        merge(output("merged.onnx"), adapter, "twice.onnx");

        assertThat(verify("--merged", "merged.onnx")).isZero();
        assertThat(verify("--merged", "twice.onnx")).isOne();
        assertThat(results()).contains("it is 2 times what it must be");
    }

    @Test
    void anAdapterThatWasAttachedToAMergedModelIsNoMerge() {
        merge(base, adapter, "merged.onnx");
        attach(output("merged.onnx"), adapter, "twice.onnx");

        assertThat(verify("--merged", "twice.onnx")).isOne();
        assertThat(results()).contains("NOT verified", "the graph is not the base's: ");
    }

    /** PEFT saves factors in single precision whatever the base has; the inputs of the attached model have the base's. */
    @Test
    void anAdapterInAnotherFormatThanTheModelIsFedInTheModels() {
        String half = Fixtures.path("mlp_fp16/base/model_dynamo.onnx").toString();
        String single = Fixtures.path("mlp_fp16/lora/adapter").toString();
        assertThat(run("attach", half, single, "-o", output("switch.onnx"), "--style", "input"))
                .as(messages())
                .isZero();

        assertThat(run("verify", half, single, "--attached", output("switch.onnx")))
                .as(results() + messages())
                .isZero();
        assertThat(results()).contains("passed  outputs, attached");
    }

    private void attach(String to, String what, String name) {
        assertThat(run("attach", to, what, "-o", output(name))).as(messages()).isZero();
    }

    private void merge(String into, String what, String name) {
        assertThat(run("merge", into, what, "-o", output(name))).as(messages()).isZero();
    }

    private int verify(String option, String name) {
        return run("verify", base, adapter, option, output(name), "--no-outputs");
    }
}
