package dev.graft.cli;

import dev.graft.io.IoReason;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Unpacks ONNX Runtime's native libraries once, so that not every start pays for it (0.2 s for the CPU build, 600 MB of
 * writes for the CUDA build). The launcher runs this class when its cache folder is absent and then starts every command
 * with {@code -Donnxruntime.native.path}.
 *
 * <p>The folder appears whole or not at all: the files go to a temporary neighbour that is renamed at the end, so two
 * first starts at the same time, or a killed one, leave a usable cache.
 */
public final class NativeLibraryCache {
    private NativeLibraryCache() {}

    /**
     * Unpacks the libraries for this machine from the jar {@code arguments[0]} into the folder {@code arguments[1]}; where that cannot be,
     * says so and makes no folder: every start unpacks them for itself then.
     */
    public static void main(String[] arguments) {
        unpackOrTell(Path.of(arguments[0]), Path.of(arguments[1]), System.err);
    }

    static void unpackOrTell(Path jar, Path folder, PrintStream messages) {
        try {
            unpack(jar, folder, platform());
        } catch (IOException e) {
            messages.println("graft: cannot keep ONNX Runtime's libraries in " + folder + " (" + IoReason.of(e)
                    + "), so each start takes longer; XDG_CACHE_HOME names another place");
        }
    }

    /**
     * Unpacks the libraries of one platform.
     *
     * @param jar ONNX Runtime's jar
     * @param folder the cache folder to make; left alone when it exists
     * @param platform such as {@code linux-x64}, as ONNX Runtime names it
     */
    static void unpack(Path jar, Path folder, String platform) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        Path temporary = Files.createTempDirectory(parent, folder.getFileName() + ".");
        try {
            copyLibraries(jar, temporary, "ai/onnxruntime/native/" + platform + "/");
            moveUnlessPresent(temporary, folder);
        } finally {
            deleteFlatFolder(temporary);
        }
    }

    /** This machine as ONNX Runtime names it, such as {@code linux-x64} or {@code osx-aarch64}. */
    static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String os = system.contains("mac") ? "osx" : system.contains("win") ? "win" : "linux";
        return os + "-" + (machine.equals("aarch64") || machine.equals("arm64") ? "aarch64" : "x64");
    }

    private static void copyLibraries(Path jar, Path folder, String prefix) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> libraries =
                    zip.stream().filter(e -> isLibrary(e, prefix)).toList();
            if (libraries.isEmpty()) {
                throw new IOException(jar.getFileName() + " holds no native libraries below " + prefix);
            }
            for (ZipEntry library : libraries) {
                try (InputStream in = zip.getInputStream(library)) {
                    Files.copy(in, folder.resolve(library.getName().substring(prefix.length())));
                }
            }
        }
    }

    /** Files directly in the platform's folder; debug symbols lie in a folder below it. */
    private static boolean isLibrary(ZipEntry entry, String prefix) {
        String name = entry.getName();
        return name.startsWith(prefix)
                && name.length() > prefix.length()
                && name.indexOf('/', prefix.length()) < 0
                && name.indexOf('\\') < 0;
    }

    private static void moveUnlessPresent(Path temporary, Path folder) throws IOException {
        try {
            Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    private static void deleteFlatFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
