package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.error.MissingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where the configuration names data and there is no file: what was probably meant. */
final class DatasetFile {
    /** LLaMA-Factory's table of data sets. */
    private static final String TABLE = "dataset_info.json";

    private static final List<String> ENDINGS =
            List.of(".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".safetensors", ".npz");

    private DatasetFile() {}

    /**
     * Makes sure that a file is there.
     *
     * @throws GraftException {@code FILE_NOT_FOUND}; {@code UNKNOWN_FORMAT} for a folder
     */
    static void require(Path file) {
        if (Files.isRegularFile(file)) {
            return;
        }
        if (Files.isDirectory(file)) {
            throw folder(file);
        }
        Optional<String> meant = inTable(file);
        if (meant.isPresent() || !String.valueOf(file.getFileName()).contains(".")) {
            throw new GraftException(
                    ErrorCode.FILE_NOT_FOUND,
                    "no such file; dataset names files, not data sets of LLaMA-Factory's " + TABLE,
                    Location.ofFile(file),
                    meant.orElse("Name the file of rows itself, with its ending."));
        }
        Path parent = file.toAbsolutePath().getParent();
        throw MissingFile.at(
                file,
                "It was looked for in " + parent
                        + ": paths of data count from dataset_dir, or else from the configuration's own folder.",
                null);
    }

    private static GraftException folder(Path folder) {
        String found = "";
        try (Stream<Path> inside = Files.list(folder)) {
            found = inside.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> ENDINGS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith))
                    .sorted()
                    .limit(3)
                    .collect(Collectors.joining(", "));
        } catch (IOException | java.io.UncheckedIOException e) {
            // the error is another one already
        }
        return new GraftException(
                ErrorCode.UNKNOWN_FORMAT,
                "expected a file of rows or tensors, got a folder",
                Location.ofFile(folder),
                found.isEmpty() ? "Name the files themselves." : "Name the files themselves, such as " + found + ".");
    }

    /** What LLaMA-Factory's table has under a name, as a remedy. */
    private static Optional<String> inTable(Path file) {
        Path table = file.resolveSibling(TABLE);
        if (!Files.isRegularFile(table)) {
            return Optional.empty();
        }
        try {
            String name = String.valueOf(file.getFileName());
            return JsonFiles.readObject(table).members().get(name) instanceof JsonValue.JsonObject entry
                    ? Optional.of(
                            entry.members().get("file_name") instanceof JsonValue.JsonText text
                                    ? TABLE + " has it in the file '" + text.value() + "': name that."
                                    : TABLE + " fetches it from a hub: save it as a file of rows and name that.")
                    : Optional.empty();
        } catch (GraftException e) {
            // a table that cannot be read tells nothing
            return Optional.empty();
        }
    }
}
