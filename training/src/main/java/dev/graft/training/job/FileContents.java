package dev.graft.training.job;

import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.verify.ModelDigest;
import dev.graft.compiler.verify.Sha256;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.run.checkpoint.PlanKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Hashes of the files that decide a run's result: a checkpoint holds them, so that a run that goes on with another file of the same name is told
 * which one. Data are hashed whole, the model by {@link ModelDigest}.
 */
final class FileContents {
    /** What says how texts become tokens, beside the tokenizer or the model. */
    private static final List<String> BESIDE =
            List.of("tokenizer_config.json", "chat_template.jinja", "config.json", "genai_config.json");

    private FileContents() {}

    /** By the names of {@link PlanKeys#contentOf}; paths count from the configuration's folder, so that all of it may be moved. */
    static Map<String, String> of(TrainingConfig config) {
        Map<String, String> contents = new LinkedHashMap<>();
        Path model = config.model().model();
        contents.put(key(config, model), shown(ModelDigest.of(ModelScanner.scan(model))));
        for (Path file : others(config)) {
            if (Files.isRegularFile(file)) {
                contents.put(key(config, file), shown(Sha256.ofFile(file)));
            }
        }
        return contents;
    }

    private static List<Path> others(TrainingConfig config) {
        List<Path> files = new ArrayList<>(config.data().training());
        files.addAll(config.data().evaluation());
        Path tokenizer = config.model().tokenizer();
        files.add(tokenizer);
        for (String name : BESIDE) {
            files.add(tokenizer.resolveSibling(name));
            files.add(config.model().model().resolveSibling(name));
        }
        return files;
    }

    private static String shown(String hash) {
        return "sha256 " + hash;
    }

    private static String key(TrainingConfig config, Path file) {
        Path folder = config.source().file().toAbsolutePath().normalize().getParent();
        Path absolute = file.toAbsolutePath().normalize();
        Path shown = folder != null && absolute.startsWith(folder) ? folder.relativize(absolute) : absolute;
        return PlanKeys.contentOf(shown.toString());
    }
}
