package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.PythonJson;
import dev.graft.testing.Fixtures;
import dev.graft.training.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/training.md lists every key with its default; here is where one that is missing or wrong is noticed. */
class TrainingGuideTest {
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9_]+)` \\| (?:`([^`]*)`)? ?\\|.*");

    @TempDir
    Path folder;

    @Test
    void everyKeyStandsThereWithItsDefault() throws IOException {
        Path file = folder.resolve("train.yaml");
        Files.writeString(file, "model_name_or_path: m.onnx\ndataset: d.jsonl\noutput_dir: o\n");
        Map<String, String> expected = new LinkedHashMap<>();
        TrainingConfig.read(file, List.of()).effective().forEach((key, value) -> expected.put(key, text(value)));
        List.of("model_name_or_path", "dataset", "output_dir").forEach(key -> expected.put(key, ""));

        assertThat(documented()).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static String text(JsonValue value) {
        String text = PythonJson.write(value).strip().replace("\"", "");
        return text.equals("null") || text.equals("[]") ? "" : text;
    }

    private static Map<String, String> documented() throws IOException {
        String page = Files.readString(Fixtures.repository().resolve("docs/training.md"));
        Map<String, String> keys = new LinkedHashMap<>();
        page.substring(page.indexOf("## All keys")).lines().forEach(line -> {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                keys.put(row.group(1), row.group(2) == null ? "" : row.group(2));
            }
        });
        return keys;
    }
}
