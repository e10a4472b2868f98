package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import java.nio.file.Path;
import java.util.List;

/** A piece of the output, written by one worker. */
sealed interface MergeTask {
    /** Bytes of the base as they are. */
    record Copy(ByteRegion source, Path destination, long position) implements MergeTask {}

    /** Bytes that the plan itself holds; not a task of a worker. */
    record Literal(byte[] bytes, Path destination, long position) {}

    /**
     * A unit of a tensor.
     *
     * @param unit what is computed
     * @param destination where the tensor's runs come to lie, in order, as many and as long as its runs in the base, or one
     */
    record Compute(Unit unit, List<ByteRegion> destination) implements MergeTask {}
}
