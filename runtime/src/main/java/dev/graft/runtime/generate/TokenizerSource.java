package dev.graft.runtime.generate;

/** Turns text into token ids and back. */
public interface TokenizerSource {
    /** The ids of a text, with the special tokens that the tokenizer adds in front. */
    long[] encode(String text);

    /** The text of ids, without special tokens. */
    String decode(long[] ids);
}
