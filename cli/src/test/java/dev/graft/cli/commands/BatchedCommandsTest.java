package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Style batched on the command line, with the bundled sample. */
class BatchedCommandsTest extends TypedCommands {
    @Test
    void aBatchedModelIsAttachedAndVerified() throws IOException {
        String batched = output("batched.onnx");
        assertThat(run("attach", base, adapter, "-o", batched, "--style", "batched", "--slots", "2"))
                .as(messages())
                .isZero();
        assertThat(results()).contains("attached 28 targets", "the adapter for it: " + batched + "_adapter");

        assertThat(run("verify", base, adapter, "--attached", batched, "--report", output("r.html")))
                .as(messages())
                .isZero();
        assertThat(results())
                .contains(
                        "the base's weights are unchanged in it",
                        "each of 2 rows follows its own slot",
                        "verified: it does what base and adapter say");
        assertThat(folder.resolve("r.json")).content().contains("\"rows, attached\"");
    }

    @Test
    void roomIsMadeForAdaptersThatDoNotExistYet() {
        assertThat(run(
                        "attach",
                        base,
                        "-o",
                        output("a.onnx"),
                        "--style",
                        "batched",
                        "--targets",
                        "q_proj|v_proj",
                        "--slots",
                        "3",
                        "--max-rank",
                        "2",
                        "--json"))
                .as(messages())
                .isZero();
        assertThat(json().getAsJsonArray("targets")).hasSize(8);
        assertThat(run("verify", base, adapter, "--attached", output("a.onnx"))).isEqualTo(3);
        assertThat(messages()).contains("has rank 8, but slots for at most rank 2", "--max-rank 8");
    }

    @Test
    void anAdapterOfALargerRankSaysWhatWouldFit() {
        assertThat(run("attach", base, adapter, "-o", output("a.onnx"), "--style", "batched", "--max-rank", "4"))
                .isEqualTo(3);
        assertThat(messages())
                .contains("has rank 8, but slots for at most rank 4", "--max-rank 8", "slot_rank_exceeded");
    }

    @Test
    void slotsOfAnotherStyleAreAnErrorOfUsage() {
        assertThat(run("attach", base, adapter, "-o", output("a.onnx"), "--slots", "4"))
                .isEqualTo(2);
        assertThat(messages()).contains("--slots and --max-rank need --style batched");
        assertThat(run("attach", base, adapter, "-o", output("a.onnx"), "--style", "batched", "--slots", "0"))
                .isEqualTo(2);
        assertThat(messages()).contains("--slots");
    }

    @Test
    void anAdapterPerRowIsARatioToOneAdapter() {
        assertThat(run("bench", "batched", "--rounds", "1", "--tokens", "2", "--batch", "3"))
                .as(messages())
                .isZero();
        assertThat(results())
                .contains("batched, an adapter per row", "throughput with 3 adapters / with one:", "median / merged");
        assertThat(run("bench", "batched", base, adapter, adapter, "--rounds", "1"))
                .isEqualTo(2);
        assertThat(messages()).contains("batched takes one adapter and makes those of the other rows itself, got 2");
    }
}
