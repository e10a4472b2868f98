package dev.graft.adapter.format.safetensors;

import dev.graft.tensor.ByteSource;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A byte source read from front to back in windows. */
final class SourceStream extends InputStream {
    private static final int WINDOW_BYTES = 1 << 16;

    private final ByteSource source;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long position;

    SourceStream(ByteSource source) {
        this.source = source;
    }

    @Override
    public int read() {
        return fill() ? window.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, window.remaining());
        window.get(target, offset, count);
        return count;
    }

    private boolean fill() {
        if (!window.hasRemaining()) {
            window.clear().limit((int) Math.min(WINDOW_BYTES, source.size() - position));
            source.read(position, window);
            window.flip();
            position += window.limit();
        }
        return window.hasRemaining();
    }
}
