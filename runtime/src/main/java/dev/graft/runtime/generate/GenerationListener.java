package dev.graft.runtime.generate;

/** Hears of a text while it is generated, on the thread that generates. */
public interface GenerationListener {
    /** Hears nothing. */
    GenerationListener NONE = new GenerationListener() {};

    /** A token was chosen; stop tokens are not reported. */
    default void onToken(long token) {}

    /**
     * A piece of the text is certain: whole characters, nothing of a stop string. The pieces together are the text of the result.
     *
     * @param piece never empty
     */
    default void onText(String piece) {}

    /** Whether to go on; asked before each token. */
    default boolean wantsMore() {
        return true;
    }
}
