package dev.graft.cli.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.graft.error.ErrorCode;
import dev.graft.testing.Fixtures;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each hostile file is accepted or refused as its manifest says, in 5 seconds and a 256 MB heap, with a code that is explained. */
@Tag("conformance")
class BadInputsConformanceTest {
    private static final double LIMIT_SECONDS = 5;

    @Test
    void eachFileHasTheOutcomeThatItsManifestAsksFor() throws IOException {
        Path folder = Shared.path("conformance/badinputs");
        String help = Files.readString(Fixtures.repository().resolve("docs/troubleshooting.md"));
        CaseTable table = new CaseTable("bad inputs");
        for (JsonElement element : JsonParser.parseString(Files.readString(folder.resolve("manifest.json")))
                .getAsJsonArray()) {
            JsonObject entry = element.getAsJsonObject();
            check(table, folder, entry, help);
        }
        table.assertNoneMissed(60);
    }

    private static void check(CaseTable table, Path folder, JsonObject entry, String help) {
        String name = entry.get("file").getAsString();
        String expected = entry.get("expect").getAsString();
        table.add(name, () -> {
            List<String> words = words(folder, name);
            GraftProcess process = GraftProcess.run(List.of("-Xmx256m"), words.toArray(String[]::new));
            require(process.seconds() < LIMIT_SECONDS, "took " + process.seconds() + " s");
            String took = String.format(" in %.1f s", process.seconds());
            JsonObject result = JsonParser.parseString(process.results()).getAsJsonObject();
            if (!result.has("error")) {
                return accepted(process, expected) + took;
            }
            ErrorCode code = code(result);
            require(process.exitCode() == code.category().exitCode(), "exit code " + process.exitCode());
            require(code.category() == ErrorCode.Category.INPUT, "refused as " + code + ": " + process.messages());
            require(help.contains("\n## " + code + "\n"), code + " is not explained");
            require(!expected.startsWith("accept") || isIncomplete(name, code), "refused: " + process.messages());
            return code + took;
        });
    }

    private static String accepted(GraftProcess process, String expected) {
        boolean mayWarn = expected.contains("warn");
        boolean warned = process.messages().contains("warning: ");
        require(
                expected.startsWith("accept") || expected.startsWith("merge") || mayWarn && warned,
                "accepted: " + expected);
        require(!mayWarn || warned, "accepted without a warning: " + expected);
        return warned ? "accepted with a warning" : "accepted";
    }

    /** Cases that are no adapter and no model by themselves: tensors without meaning, and a folder that lacks its weights. */
    private static boolean isIncomplete(String name, ErrorCode code) {
        return name.startsWith("safetensors/") && code == ErrorCode.UNKNOWN_FORMAT
                || name.equals("peft/ok/adapter_config.json") && code == ErrorCode.FILE_NOT_FOUND;
    }

    private static List<String> words(Path folder, String name) {
        Path file = folder.resolve(name);
        String subject = (name.startsWith("peft/") ? file.getParent() : file).toString();
        if (name.contains("target_not_in_model")) {
            String base = folder.resolve("onnx_protobuf/ok.onnx").toString();
            String output = Path.of(System.getProperty("java.io.tmpdir"), "graft-never-merged.onnx")
                    .toString();
            return List.of("merge", base, subject, "-o", output, "--json");
        }
        return List.of("inspect", subject, "--json");
    }

    private static ErrorCode code(JsonObject result) {
        return ErrorCode.valueOf(result.getAsJsonObject("error").get("code").getAsString());
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
