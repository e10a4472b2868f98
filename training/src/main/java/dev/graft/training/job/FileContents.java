package dev.graft.training.job;

import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.verify.Sha256;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.run.checkpoint.PlanKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of the files that decide a run's result, whole: a checkpoint holds them, so that a run that goes on with another file of the same name is told
 * which one. They are made beside other work, for hashing takes a second for every GB of a model.
 */
final class FileContents implements AutoCloseable {
    /** What says how texts become tokens, beside the tokenizer or the model. */
    private static final List<String> BESIDE = List.of(
            "tokenizer_config.json",
            "chat_template.jinja",
            "additional_chat_templates/tool_use.jinja",
            "config.json",
            "genai_config.json");

    private final FutureTask<Map<String, String>> hashes;
    private final Thread thread;

    private FileContents(FutureTask<Map<String, String>> hashes) {
        this.hashes = hashes;
        this.thread = new Thread(hashes, "graft-file-hashes");
        thread.setDaemon(true);
    }

    /** Begins to hash. */
    static FileContents of(TrainingConfig config) {
        FileContents contents = new FileContents(new FutureTask<>(() -> hashes(config)));
        contents.thread.start();
        return contents;
    }

    /**
     * The hashes by the names of {@link PlanKeys#contentOf}, waited for; paths count from the configuration's folder, so that all of it may be moved.
     *
     * @throws dev.graft.error.GraftException what {@link ModelScanner#scan} throws, {@code IO_FAILED}
     */
    Map<String, String> hashes() {
        try {
            return hashes.get();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while files are hashed", e);
        }
    }

    private static RuntimeException rethrown(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }

    /** Ends what is not done yet. */
    @Override
    public void close() {
        hashes.cancel(true);
    }

    private static Map<String, String> hashes(TrainingConfig config) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (Path file : files(config)) {
            // one that is reached by two names is hashed once
            files.putIfAbsent(key(config, file), file);
        }
        Map<String, String> hashes = new LinkedHashMap<>();
        files.forEach((key, file) -> {
            if (Files.isRegularFile(file)) {
                hashes.put(key, "sha256 " + Sha256.ofFile(file));
            }
        });
        return hashes;
    }

    private static List<Path> files(TrainingConfig config) {
        Path model = config.model().model();
        List<Path> files = new ArrayList<>(config.data().training());
        files.addAll(config.data().evaluation());
        Path tokenizer = config.model().tokenizer();
        files.add(tokenizer);
        for (String name : BESIDE) {
            files.add(tokenizer.resolveSibling(name));
            files.add(model.resolveSibling(name));
        }
        files.add(model);
        // by the names that the model gives them; the scanner has seen that none leads out of its folder
        ModelScanner.scan(model).dataFiles().keySet().forEach(location -> files.add(model.resolveSibling(location)));
        return files;
    }

    private static String key(TrainingConfig config, Path file) {
        Path folder = config.source().file().toAbsolutePath().normalize().getParent();
        Path absolute = file.toAbsolutePath().normalize();
        Path shown = folder != null && absolute.startsWith(folder) ? folder.relativize(absolute) : absolute;
        return PlanKeys.contentOf(shown.toString());
    }
}
