package dev.graft.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DidYouMeanTest {
    private static final List<String> WORDS = List.of("merge", "attach", "verify", "LORA");

    @Test
    void aSlipOfTheFingerIsFound() {
        assertThat(DidYouMean.nearest("mrege", WORDS)).isEmpty();
        assertThat(DidYouMean.nearest("merg", WORDS)).contains("merge");
        assertThat(DidYouMean.nearest("atach", WORDS)).contains("attach");
        assertThat(DidYouMean.nearest("verfiy", WORDS)).contains("verify");
        assertThat(DidYouMean.nearest("lora", WORDS)).contains("LORA");
    }

    @Test
    void aWordOfItsOwnIsNotGuessedAt() {
        assertThat(DidYouMean.sentence("convert", WORDS)).isEmpty();
        assertThat(DidYouMean.sentence("x".repeat(100_000), WORDS)).isEmpty();
        assertThat(DidYouMean.sentence("merg", WORDS)).isEqualTo("Did you mean 'merge'?");
    }
}
