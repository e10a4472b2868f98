package dev.graft.compiler.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Hostile and broken models have the outcome that their manifest asks for. */
class BadModelsTest {
    private static final Set<ErrorCode> CODES = Set.of(ErrorCode.ONNX_MALFORMED, ErrorCode.EXTERNAL_DATA_INVALID);

    @TestFactory
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    Stream<DynamicTest> manifest() throws IOException {
        if (!Shared.present()) {
            return Stream.of(DynamicTest.dynamicTest("badinputs", () -> Shared.path("conformance/badinputs")));
        }
        Path folder = Shared.path("conformance/badinputs");
        List<DynamicTest> tests = new ArrayList<>();
        JsonArray entries = JsonParser.parseString(Files.readString(folder.resolve("manifest.json")))
                .getAsJsonArray();
        for (JsonElement element : entries) {
            JsonObject entry = element.getAsJsonObject();
            if (Set.of("onnx_external", "onnx_protobuf")
                    .contains(entry.get("kind").getAsString())) {
                String file = entry.get("file").getAsString();
                String expected = entry.get("expect").getAsString();
                tests.add(DynamicTest.dynamicTest(file, () -> check(folder.resolve(file), expected)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(30);
        return tests.stream();
    }

    private static void check(Path file, String expected) {
        Throwable thrown = catchThrowable(() -> ModelScanner.scan(file));
        if (thrown != null) {
            assertThat(thrown).isInstanceOf(GraftException.class);
            assertThat(expected).startsWith("reject");
            assertThat(((GraftException) thrown).code()).isIn(CODES);
        } else if (expected.contains("warn")) {
            assertThat(ModelScanner.scan(file).warnings()).isNotEmpty();
        } else {
            assertThat(expected).doesNotStartWith("reject");
        }
    }
}
