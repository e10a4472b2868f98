package dev.graft.training.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is trained on.
 *
 * @param model the ONNX file
 * @param tokenizer its {@code tokenizer.json}, which is not there for models that take no text
 * @param adapter the adapter that training goes on from; empty for a new one
 * @param precision the number format that activations are computed in where the device has it
 * @param threads of ONNX Runtime; 0 for its own choice
 * @param updatesPerCall how many updates are done in one call of ONNX Runtime; 0 for what suits the device
 */
public record ModelOptions(
        Path model, Path tokenizer, Optional<Path> adapter, Precision precision, int threads, int updatesPerCall) {
    /** Number formats of activations. */
    public enum Precision {
        FLOAT32,
        FLOAT16,
        BFLOAT16
    }

    static ModelOptions read(SettingReader reader) {
        Path folder = reader.source().file().toAbsolutePath().getParent();
        ConfigPaths paths = new ConfigPaths(reader.source(), folder == null ? Path.of("") : folder);
        Path model = paths.resolve(
                "model_name_or_path", reader.requiredText("model_name_or_path", "the ONNX file that is trained on"));
        if (!model.toString().endsWith(".onnx")) {
            throw reader.source()
                    .invalid(
                            "model_name_or_path",
                            "expected model_name_or_path to be an .onnx file, got '" + model.getFileName() + "'",
                            "Export the model to ONNX and name that file.");
        }
        Path tokenizer = reader.text("tokenizer")
                .map(text -> paths.resolve("tokenizer", text))
                .orElse(model.resolveSibling("tokenizer.json"));
        return new ModelOptions(
                model,
                tokenizer,
                adapter(reader, paths),
                precision(reader),
                reader.count("threads", 0, 0),
                reader.count("updates_per_call", 0, 0));
    }

    private static Optional<Path> adapter(SettingReader reader, ConfigPaths paths) {
        String key = "adapter_name_or_path";
        List<String> texts = reader.texts(key);
        if (texts.size() > 1) {
            throw reader.source()
                    .invalid(
                            key,
                            "expected adapter_name_or_path to be one adapter, got " + texts.size(),
                            "Merge the earlier ones into the base first, with graft merge.");
        }
        return texts.stream().findFirst().map(text -> paths.resolve(key, text));
    }

    private static Precision precision(SettingReader reader) {
        boolean bf16 = reader.flag("bf16", false);
        boolean fp16 = reader.flag("fp16", false);
        if (bf16 && fp16) {
            throw reader.source().invalid("fp16", "bf16 and fp16 are both true", "Choose one of them.");
        }
        if (bf16) {
            return Precision.BFLOAT16;
        }
        return fp16 ? Precision.FLOAT16 : Precision.FLOAT32;
    }
}
