package dev.graft.compiler.merge;

/**
 * Bytes of a file that give way to others.
 *
 * @param position the first byte that goes, or before which the new bytes stand
 * @param deleted how many bytes go
 * @param bytes what comes in their place; not to be changed
 */
record Splice(long position, int deleted, byte[] bytes) {
    long end() {
        return position + deleted;
    }

    long growth() {
        return (long) bytes.length - deleted;
    }
}
