package dev.graft.error;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The error about a path at which there is nothing, with the name beside it that was probably meant. */
public final class MissingFile {
    private static final int MOST_NEIGHBOURS = 10_000;

    private MissingFile() {}

    /** {@code FILE_NOT_FOUND} for this path. */
    public static GraftException at(Path file) {
        return at(file, null);
    }

    /** {@code FILE_NOT_FOUND} for this path, with what the system said. */
    public static GraftException at(Path file, @Nullable Throwable cause) {
        String folder = file.isAbsolute()
                ? ""
                : "; it is relative to the current folder, " + Path.of("").toAbsolutePath();
        return at(file, "Check the path" + folder + ".", cause);
    }

    /**
     * {@code FILE_NOT_FOUND} for a path that something else than the current folder decides.
     *
     * @param otherwise what to do where no name beside it is similar
     */
    public static GraftException at(Path file, String otherwise, @Nullable Throwable cause) {
        String remedy =
                nearest(file).map(near -> "Did you mean '" + near + "'?").orElse(otherwise);
        return new GraftException(ErrorCode.FILE_NOT_FOUND, "no such file", Location.ofFile(file), remedy, cause);
    }

    private static Optional<Path> nearest(Path file) {
        Path name = file.getFileName();
        Path folder = file.toAbsolutePath().getParent();
        if (name == null || folder == null) {
            return Optional.empty();
        }
        return DidYouMean.nearest(name.toString(), namesIn(folder)).map(file::resolveSibling);
    }

    /** The names in a folder; none where it cannot be read, because this is about another error already. */
    private static List<String> namesIn(Path folder) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (names.size() == MOST_NEIGHBOURS) {
                    break;
                }
                names.add(String.valueOf(entry.getFileName()));
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return List.of();
        }
        names.sort(null);
        return names;
    }
}
