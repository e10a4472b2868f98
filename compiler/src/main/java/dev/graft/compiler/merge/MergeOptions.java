package dev.graft.compiler.merge;

/**
 * How to merge.
 *
 * @param unshare whether a target that shares its tensor with another consumer gets its own copy (else: an error)
 * @param force whether an existing output is replaced
 * @param threads worker threads, at least 1; the bytes do not depend on it
 */
public record MergeOptions(boolean unshare, boolean force, int threads) {
    /** No unsharing, no replacing, a thread per processor. */
    public static MergeOptions defaults() {
        return new MergeOptions(false, false, Runtime.getRuntime().availableProcessors());
    }
}
