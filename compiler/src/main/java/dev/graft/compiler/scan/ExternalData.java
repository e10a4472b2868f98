package dev.graft.compiler.scan;

import dev.graft.error.ErrorCode;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.FileBytes;
import dev.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The data files of a model and the rules for them: a location is a relative path that leads, after every symbolic link, to a
 * regular file in the folder of the model.
 *
 * <p>The model itself may be a symbolic link whose data file's link leads beside the model's real place: so Hugging Face's cache
 * is laid out, and ONNX Runtime takes it.
 */
final class ExternalData {
    private final Path model;
    private final Map<String, Path> files = new LinkedHashMap<>();
    private final Map<Path, Long> sizes = new HashMap<>();

    ExternalData(Path model) {
        this.model = model;
    }

    /** The files seen so far, by location. */
    Map<String, Path> files() {
        return Collections.unmodifiableMap(files);
    }

    /** Where a tensor's elements lie. */
    TensorStorage.External resolve(
            String tensor, DType dtype, Shape shape, long bytes, List<String[]> entries, ScanContext context) {
        Map<String, String> keys = keys(tensor, entries, context);
        String location = keys.getOrDefault("location", "");
        Path file = file(tensor, location);
        long size = sizes.computeIfAbsent(file, path -> FileBytes.of(path).size());
        long offset = number(tensor, keys, "offset", 0);
        long length = number(tensor, keys, "length", bytes);
        if (length != bytes) {
            throw invalid(
                    tensor,
                    "its length is " + length + " bytes, expected " + bytes + " for " + dtype.displayName() + " "
                            + shape,
                    model);
        }
        if (offset > size || length > size - offset) {
            throw invalid(
                    tensor,
                    "it wants " + length + " bytes at " + offset + " of '" + location + "', which has " + size,
                    file);
        }
        return new TensorStorage.External(location, new ByteRegion(file, offset, length));
    }

    private Map<String, String> keys(String tensor, List<String[]> entries, ScanContext context) {
        Map<String, String> keys = new HashMap<>();
        for (String[] entry : entries) {
            if (!List.of("location", "offset", "length", "checksum").contains(entry[0])) {
                throw invalid(
                        tensor,
                        "its external data has the unknown key '" + entry[0]
                                + "', expected location, offset, length, checksum",
                        model);
            }
            if (keys.put(entry[0], entry[1]) != null) {
                throw invalid(tensor, "its external data has the key '" + entry[0] + "' twice", model);
            }
        }
        if (keys.containsKey("checksum")) {
            context.warn("the checksum of '" + keys.get("location")
                    + "' was not checked, as ONNX Runtime does not; a merged data file no longer has it");
        }
        return keys;
    }

    private long number(String tensor, Map<String, String> keys, String key, long absent) {
        String text = keys.get(key);
        if (text == null) {
            return absent;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw invalid(tensor, "its " + key + " is '" + shown(text) + "', expected a number of bytes", model);
        }
        return Long.parseLong(text);
    }

    private Path file(String tensor, String location) {
        Path known = files.get(location);
        if (known != null) {
            return known;
        }
        Path file = contained(tensor, location, relative(tensor, location));
        files.put(location, file);
        return file;
    }

    private Path relative(String tensor, String location) {
        String problem = location.isEmpty()
                ? "it has no location"
                : location.indexOf('\0') >= 0
                        ? "its location '" + shown(location) + "' has a NUL character"
                        : isAbsolute(location)
                                ? "its location '" + shown(location) + "' is absolute"
                                : List.of(location.split("[/\\\\]", -1)).contains("..")
                                        ? "its location '" + shown(location) + "' leads out of the model's folder"
                                        : "";
        if (!problem.isEmpty()) {
            throw invalid(tensor, problem, model);
        }
        try {
            return model.toAbsolutePath().resolveSibling(location);
        } catch (InvalidPathException e) {
            throw invalid(tensor, "its location '" + shown(location) + "' is not a path", model);
        }
    }

    private static boolean isAbsolute(String location) {
        boolean drive = location.length() > 1 && location.charAt(1) == ':' && Character.isLetter(location.charAt(0));
        return drive || location.startsWith("/") || location.startsWith("\\");
    }

    private Path contained(String tensor, String location, Path candidate) {
        try {
            if (!Files.isRegularFile(candidate)) {
                throw invalid(
                        tensor,
                        "its data file '" + shown(location)
                                + (Files.exists(candidate) ? "' is not a regular file" : "' does not exist"),
                        candidate);
            }
            Path real = candidate.toRealPath();
            Path realModel = model.toRealPath();
            boolean inside =
                    real.startsWith(model.toAbsolutePath().resolveSibling("").toRealPath())
                            || real.startsWith(realModel.resolveSibling(""));
            if (!inside) {
                throw invalid(
                        tensor, "its data file '" + shown(location) + "' is a link out of the model's folder", real);
            }
            if (Files.isSameFile(real, realModel)) {
                throw invalid(tensor, "its data file is the model file itself", real);
            }
            return real;
        } catch (IOException e) {
            throw FileFault.unreadable(candidate, e);
        }
    }

    private static String shown(String location) {
        String clean = location.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > 200 ? clean.substring(0, 200) + "..." : clean;
    }

    private static GraftException invalid(String tensor, String problem, Path file) {
        return new GraftException(
                ErrorCode.EXTERNAL_DATA_INVALID,
                "tensor '" + tensor + "': " + problem,
                Location.ofTensor(file, tensor),
                "Put the model and its data files as they were exported into one folder, without links out of it.");
    }
}
