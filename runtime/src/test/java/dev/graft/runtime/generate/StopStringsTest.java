package dev.graft.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopStringsTest {
    @Test
    void whatCannotBeAPartOfOneComesThroughAtOnce() {
        StopStrings stops = new StopStrings(List.of("\nUser:", "END"));

        assertThat(stops.take("Hello\n")).isEqualTo("Hello");
        assertThat(stops.take("Us")).isEmpty();
        assertThat(stops.take("ually")).isEqualTo("\nUsually");
        assertThat(stops.take(" EN")).isEqualTo(" ");
        assertThat(stops.take("D of")).isEmpty();
        assertThat(stops.found()).isTrue();
        assertThat(stops.take("more")).isEmpty();
        assertThat(stops.rest()).isEmpty();
    }

    @Test
    void whatIsLeftAtTheEndIsText() {
        StopStrings stops = new StopStrings(List.of("abcd"));

        assertThat(stops.take("xxabc")).isEqualTo("xx");
        assertThat(stops.rest()).isEqualTo("abc");
        assertThat(stops.found()).isFalse();
    }

    @Test
    void aStartInsideAStartIsNotLost() {
        StopStrings stops = new StopStrings(List.of("aab"));

        assertThat(stops.take("a") + stops.take("a") + stops.take("a")).isEqualTo("a");
        assertThat(stops.take("b")).isEmpty();
        assertThat(stops.found()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 100})
    void theTextDoesNotDependOnThePieces(int size) {
        String text = "one two twice\u00e9 thrice \ud83d\ude00 twin stop twelve";
        assertThat(through(text, size, List.of("stop", "twin s", "n stop")))
                .isEqualTo("one two twice\u00e9 thrice \ud83d\ude00 ");
        assertThat(through(text, size, List.of("ice", "twice"))).isEqualTo("one two ");
        assertThat(through(text, size, List.of("three"))).isEqualTo(text);
        assertThat(through(text, size, List.of())).isEqualTo(text);
        assertThat(through(text, size, List.of("o"))).isEmpty();
    }

    private static String through(String text, int size, List<String> strings) {
        StopStrings stops = new StopStrings(strings);
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < text.length() && !stops.found(); from += size) {
            pieces.add(stops.take(text.substring(from, Math.min(text.length(), from + size))));
        }
        return String.join("", pieces) + (stops.found() ? "" : stops.rest());
    }
}
