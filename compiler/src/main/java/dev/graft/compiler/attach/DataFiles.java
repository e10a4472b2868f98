package dev.graft.compiler.attach;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.OutputTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Brings a base's data files to an output that refers to them unchanged. */
final class DataFiles {
    private DataFiles() {}

    /** Stages each data file that the output's folder does not hold yet, as a hard link or else a copy; returns them. */
    static List<Path> stage(ModelIndex base, Path output, OutputTransaction transaction) {
        List<Path> staged = new ArrayList<>();
        for (Map.Entry<String, Path> entry : base.dataFiles().entrySet()) {
            Path destination =
                    output.toAbsolutePath().resolveSibling(entry.getKey()).normalize();
            if (!isSame(destination, entry.getValue())) {
                linkOrCopy(entry.getValue(), transaction.stage(destination));
                staged.add(destination);
            }
        }
        return staged;
    }

    private static boolean isSame(Path destination, Path source) {
        try {
            return Files.exists(destination) && Files.isSameFile(destination, source);
        } catch (IOException e) {
            throw failed(source, e);
        }
    }

    private static void linkOrCopy(Path source, Path target) {
        try {
            Path real = source.toRealPath();
            if (!isLinked(real, target)) {
                Files.copy(real, target);
            }
        } catch (IOException e) {
            throw failed(source, e);
        }
    }

    /** False on another file system, and on one that has no links, which Java tells by the second exception. */
    private static boolean isLinked(Path source, Path target) {
        try {
            Files.createLink(target, source);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static GraftException failed(Path source, IOException cause) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "cannot bring the data file to the output: " + cause.getMessage(),
                Location.ofFile(source),
                "Check the free space, or write the output into the base's own folder.",
                cause);
    }
}
