package dev.graft.cli.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files, as other tools print it. */
public final class FileHash {
    private static final int WINDOW_BYTES = 1 << 20;

    private FileHash() {}

    /** The hash of a whole file in lower-case hexadecimal. */
    public static String sha256(Path file) {
        MessageDigest digest = digest();
        byte[] window = new byte[WINDOW_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(window); read >= 0; read = in.read(window)) {
                digest.update(window, 0, read);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
