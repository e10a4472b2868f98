package dev.graft.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
    private static final List<String> COMMANDS = List.of("merge", "attach", "verify", "inspect", "convert", "bench");

    @ParameterizedTest
    @CsvSource({"mrege, merge", "atach, attach", "verfiy, verify", "insp, inspect", "bensh, bench", "converter, convert"
    })
    void aMisspeltWordIsRecognised(String word, String meant) {
        assertThat(Suggestions.nearest(word, COMMANDS)).contains(meant);
    }

    @Test
    void aDifferentWordIsNot() {
        assertThat(Suggestions.nearest("quantise", COMMANDS)).isEmpty();
        assertThat(Suggestions.didYouMean("quantise", COMMANDS)).isEmpty();
    }

    @Test
    void aSwapOfNeighboursIsOneEdit() {
        assertThat(Suggestions.distance("mrege", "merge")).isOne();
    }
}
