package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;

/** Reads files of rows one row at a time: JSON lines, an array of JSON objects, CSV with quotes, TSV without. */
final class RowFiles {
    private RowFiles() {}

    /** Whether a file holds tensors instead of rows. */
    static boolean holdsTensors(Path file) {
        String name = name(file);
        // .npy is refused where tensors are read
        return name.endsWith(".safetensors") || name.endsWith(".npz") || name.endsWith(".npy");
    }

    /**
     * Hands over the rows of a file.
     *
     * @param bad what becomes of a line that is no row
     * @param rows takes a row and says whether it wants more
     * @throws GraftException {@code FILE_NOT_FOUND}, {@code UNKNOWN_FORMAT}, {@code IO_FAILED}, {@code JSON_MALFORMED}, {@code TRAINING_DATA_INVALID}
     */
    static void read(Path file, BadRows bad, Predicate<DataRow> rows) {
        DatasetFile.require(file);
        try {
            reader(file).read(file, bad, rows);
        } catch (CharacterCodingException e) {
            throw unreadable(file, "the file is not UTF-8 text", e);
        } catch (IOException e) {
            throw unreadable(file, "cannot read the file: " + e.getMessage(), e);
        }
    }

    /** Reads one kind of file. */
    interface Reader {
        void read(Path file, BadRows bad, Predicate<DataRow> rows) throws IOException;
    }

    private static Reader reader(Path file) {
        String name = name(file);
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
            return new JsonLines();
        }
        if (name.endsWith(".json")) {
            return new JsonArrayFile();
        }
        if (name.endsWith(".csv")) {
            return new CsvFile();
        }
        if (name.endsWith(".tsv")) {
            return new TabSeparatedFile();
        }
        throw new GraftException(
                ErrorCode.UNKNOWN_FORMAT,
                "expected rows in a .jsonl, .json, .csv or .tsv file, or tensors in a .safetensors or .npz file",
                Location.ofFile(file),
                "Export the data as JSON lines, one object a row.");
    }

    private static String name(Path file) {
        return file.toString().toLowerCase(Locale.ROOT);
    }

    private static GraftException unreadable(Path file, String message, IOException cause) {
        return new GraftException(ErrorCode.IO_FAILED, message, Location.ofFile(file), "", cause);
    }
}
