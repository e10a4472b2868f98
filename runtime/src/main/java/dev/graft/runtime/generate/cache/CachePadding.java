package dev.graft.runtime.generate.cache;

/** Where padding lies in a cache that texts of different lengths share. */
public enum CachePadding {
    /** In front of a text's own tokens: the graph joins new ones behind all, so the texts must end together. */
    IN_FRONT,
    /** Behind them: GroupQueryAttention writes a text's new tokens where that text ends, and looks no farther. */
    BEHIND
}
