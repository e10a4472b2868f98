package dev.graft.compiler.scan;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;

/** Keeps the index of a hostile file from filling the heap: a part of it is all an index may take. */
final class IndexBudget {
    /** A rough figure for an object with its header and its place in a collection. */
    private static final int OBJECT_BYTES = 64;

    private final long limit;
    private long used;

    IndexBudget(long limit) {
        this.limit = limit;
    }

    static IndexBudget ofThisProcess() {
        return new IndexBudget(Runtime.getRuntime().maxMemory() / 3);
    }

    /** Reserves an object and {@code bytes} bytes of content before they are allocated. */
    void charge(long bytes, WireReader reader) {
        used += OBJECT_BYTES + bytes;
        if (used > limit || bytes > Integer.MAX_VALUE - 64) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "names, nodes and attributes of this model take more than " + (limit >> 20) + " MB of memory",
                    Location.ofOffset(reader.file(), reader.position()),
                    "If the model is really that large, give Java more memory (JAVA_TOOL_OPTIONS=-Xmx4g).");
        }
    }
}
