package dev.graft.training.config;

/** What the columns of a row say. */
public enum DataFormat {
    /** {@code prompt} and {@code completion}. */
    PROMPT_COMPLETION,
    /** {@code messages}: a list of {@code role} and {@code content}. */
    MESSAGES,
    /** {@code conversations}: a list of {@code from} and {@code value}. */
    SHAREGPT,
    /** {@code instruction}, {@code input}, {@code output}, and perhaps {@code system} and {@code history}. */
    ALPACA,
    /** {@code text}, all of which is learnt. */
    TEXT,
    /** A text, perhaps a second one, and a label. */
    LABELLED_TEXT
}
