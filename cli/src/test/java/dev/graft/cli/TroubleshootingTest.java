package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.error.ErrorCode;
import dev.graft.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each error points to its entry in docs/troubleshooting.md; here is where a missing one is noticed. */
class TroubleshootingTest {
    private final Map<String, String> entries = entries();

    @Test
    void everyCodeHasAnEntryAndEveryEntryACode() {
        assertThat(entries.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ErrorCode.values()).map(Enum::name).toList());
    }

    @Test
    void everyEntrySaysSymptomReasonAndSolution() {
        entries.forEach((code, text) ->
                assertThat(text).as(code).containsSubsequence("**Symptom.** ", "**Reason.** ", "**Solution.** "));
    }

    private static Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        for (String section : page().split("(?m)^## ", -1)) {
            String title = section.lines().findFirst().orElse("");
            if (title.matches("[A-Z_]+")) {
                entries.put(title, section);
            }
        }
        return entries;
    }

    private static String page() {
        try {
            return Files.readString(Fixtures.repository().resolve("docs/troubleshooting.md"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
