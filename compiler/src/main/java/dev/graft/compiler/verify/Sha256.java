package dev.graft.compiler.verify;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.tensor.FileBytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 that grows with each piece. */
public final class Sha256 {
    private static final int WINDOW = 1 << 20;

    private final MessageDigest digest;

    /** That of nothing. */
    public Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java platform has SHA-256", e);
        }
    }

    /** Adds what is left of a buffer. */
    public Sha256 add(ByteBuffer bytes) {
        digest.update(bytes);
        return this;
    }

    /** Adds the bytes of a region, read window by window. */
    public Sha256 add(ByteRegion region) {
        ByteBuffer window = ByteBuffer.allocate((int) Math.min(WINDOW, region.length()));
        for (long done = 0; done < region.length(); done += window.limit()) {
            window.clear().limit((int) Math.min(window.capacity(), region.length() - done));
            region.bytes().read(done, window);
            add(window.flip());
        }
        return this;
    }

    /** Of a whole file. */
    public static String ofFile(Path file) {
        return new Sha256()
                .add(new ByteRegion(file, 0, FileBytes.of(file).size()))
                .hex();
    }

    /** In lower-case hexadecimal; nothing can be added any more. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
