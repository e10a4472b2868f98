package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code graft bench switch} and {@code load}, on small models; what is fast is not asserted. */
class ServingBenchTest extends TypedCommands {
    @Test
    void switchingIsMeasuredAgainstStaying() {
        assertThat(run("bench", "switch", "--sizes", "0.002", "--rounds", "10", "--json"))
                .as(messages())
                .isZero();

        JsonObject result = result();
        assertThat(result.get("adapter").getAsLong()).isPositive();
        for (String time : new String[] {"base", "staying", "switching", "load_mapped", "load_peft", "mix"}) {
            assertThat(result.get(time).getAsDouble()).as(time).isPositive();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void variantsOfABaseAreOpenedSideBySide() {
        assertThat(run("bench", "load", "--sizes", "0.01", "--folder", folder.toString(), "--json"))
                .as(messages())
                .isZero();

        JsonObject result = result();
        assertThat(result.getAsJsonArray("after")).hasSize(3);
        assertThat(result.get("changed").getAsLong())
                .isPositive()
                .isLessThan(result.get("base").getAsLong());
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge", "load", "generate"})
    void aDeviceThatWouldBeIgnoredIsRefused(String what) {
        assertThat(run("bench", what, "--device", "cuda")).isEqualTo(2);
        assertThat(messages())
                .contains("--device is for latency, batched, train and switch; " + what + " runs on the processor");
    }

    private JsonObject result() {
        JsonArray all = JsonParser.parseString(results()).getAsJsonArray();
        assertThat(all).hasSize(1);
        return all.get(0).getAsJsonObject();
    }
}
