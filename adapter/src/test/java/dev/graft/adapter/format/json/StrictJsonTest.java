package dev.graft.adapter.format.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictJsonTest {
    @TempDir
    Path folder;

    @Test
    void anObjectKeepsItsOrderAndItsNumbersTheirDigits() throws IOException {
        JsonValue.JsonObject object = read("{\"z\": 1, \"a\": [true, null, -2.50e1, \"\\u00e9\"]}");

        assertThat(object.members().keySet()).containsExactly("z", "a");
        assertThat(object.members().get("a"))
                .isEqualTo(new JsonValue.JsonArray(java.util.List.of(
                        JsonValue.of(true),
                        JsonValue.ofNull(),
                        new JsonValue.JsonNumber("-2.50e1"),
                        JsonValue.of("é"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": 1, \"a\": 2} | the key 'a' occurs twice (at $.a)",
                "{\"a\": NaN} | not valid JSON: at line 1 column 7 path $.a",
                "{\"a\": Infinity} | not valid JSON: at line 1 column 7 path $.a",
                "{\"a\": 1} x | not valid JSON: at line 1 column 11 path $",
                "{\"a\": 1} {} | not valid JSON: at line 1 column 11 path $",
                "{\"a\": 1,} | not valid JSON: Expected name at line 1 column 10 path $.a",
                "{'a': 1} | not valid JSON: at line 1 column 3 path $.",
                "{\"a\": 1 /* x */} | not valid JSON: at line 1 column 10 path $.a",
                "{\"a\": \"\\ud800\"} | not valid JSON: Unpaired surrogate characters are not allowed",
                "[1] | expected a JSON object, got an array",
                "`` | not valid JSON: End of input at line 1 column 1 path $",
                "{\"a\": 01} | not valid JSON: at line 1 column 7 path $.a"
            })
    void whatIsNotStrictJsonIsRefusedWithItsPlace(String text, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(GraftException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.JSON_MALFORMED);
            assertThat(error).hasMessageStartingWith(message);
        });
    }

    @Test
    void depthIsBounded() {
        String deep = "{\"a\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThatThrownBy(() -> read(deep)).hasMessageStartingWith("nested deeper than 64 levels");
    }

    @Test
    void sizeIsBounded() {
        assertThatThrownBy(() -> read("{" + " ".repeat(4 << 20) + "}"))
                .hasMessage("expected a configuration of at most 4194304 bytes, got 4194306");
    }

    @Test
    void theNumberOfKeysIsBounded() throws IOException {
        StringBuilder text = new StringBuilder("{\"first\": 1");
        for (int i = 0; i < 250_000; i++) {
            text.append(",\"").append(Integer.toString(i, 36)).append("\":1");
        }

        assertThatThrownBy(() -> read(text.append('}').toString()))
                .hasMessageStartingWith("an object has more than 250000 keys");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() throws IOException {
        Path file = Files.write(folder.resolve("c.json"), "{\"a\": \"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> JsonFiles.readObject(file)).hasMessage("not valid JSON: not UTF-8 text");
    }

    @Test
    void whatPythonDumpsIsWrittenByteForByte() throws IOException {
        // json.dumps({"r": 8, "p": {"é\n": 2.5}, "l": ["a", None], "e": {}, "n": []}, indent=2)
        String python =
                "{\n  \"r\": 8,\n  \"p\": {\n    \"\\u00e9\\n\": 2.5\n  },\n  \"l\": [\n    \"a\",\n    null\n  ],\n"
                        + "  \"e\": {},\n  \"n\": []\n}";

        assertThat(PythonJson.write(read(python))).isEqualTo(python);
    }

    private JsonValue.JsonObject read(String text) throws IOException {
        return JsonFiles.readObject(Files.writeString(folder.resolve("c.json"), text == null ? "" : text));
    }
}
