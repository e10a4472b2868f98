package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code graft bench train}, on the sample; what is fast is not asserted. */
class TrainBenchTest extends TypedCommands {
    private static final String[] SHORT = {
        "bench", "train", "--batch", "2", "--length", "8", "--rank", "2", "--rounds", "2", "--updates-per-call", "2"
    };

    @Test
    void aStepIsMeasuredInWholeInPartsAndInCallsOfSeveral() {
        assertThat(run(words("--json"))).as(messages()).isZero();

        JsonObject result = JsonParser.parseString(results()).getAsJsonObject();
        for (String name :
                new String[] {"median", "minimum", "update", "in_calls", "tokens_per_second", "peak_memory_mb"}) {
            assertThat(result.get(name).getAsDouble()).as(name).isPositive();
        }
        assertThat(result.get("trainable").getAsLong()).isPositive();
        assertThat(result.getAsJsonObject("breakdown").getAsJsonObject("parts").keySet())
                .contains("forward", "loss", "backward");
    }

    @Test
    void theTablesNameThem() {
        assertThat(run(words())).as(messages()).isZero();

        assertThat(results())
                .contains("2 x 8 tokens, rank 2 on all linear layers")
                .contains("median in calls of 2")
                .contains("backward");
    }

    @ParameterizedTest
    @CsvSource({
        "bfloat16, --format bfloat16 is for --device cuda: a processor computes in float32",
        "bf16, '--format: expected float32, float16 or bfloat16, got ''bf16'''"
    })
    void aFormatThatCannotBeHadIsRefused(String format, String message) {
        assertThat(run(words("--format", format))).isEqualTo(2);
        assertThat(messages()).contains(message);
    }

    private static String[] words(String... more) {
        String[] words = Arrays.copyOf(SHORT, SHORT.length + more.length);
        System.arraycopy(more, 0, words, SHORT.length, more.length);
        return words;
    }
}
