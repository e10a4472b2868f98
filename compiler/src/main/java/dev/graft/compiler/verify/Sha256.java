package dev.graft.compiler.verify;

import dev.graft.compiler.scan.ByteRegion;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 that grows with each piece. */
final class Sha256 {
    private static final int WINDOW = 1 << 20;

    private final MessageDigest digest;

    Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java platform has SHA-256", e);
        }
    }

    Sha256 add(ByteBuffer bytes) {
        digest.update(bytes);
        return this;
    }

    /** Adds the bytes of a region, read window by window. */
    Sha256 add(ByteRegion region) {
        ByteBuffer window = ByteBuffer.allocate((int) Math.min(WINDOW, region.length()));
        for (long done = 0; done < region.length(); done += window.limit()) {
            window.clear().limit((int) Math.min(window.capacity(), region.length() - done));
            region.bytes().read(done, window);
            add(window.flip());
        }
        return this;
    }

    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
