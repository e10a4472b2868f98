package dev.graft.runtime.generate;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Turns text into token ids and back. */
public interface TokenizerSource {
    /** The ids of a text, with the special tokens that the tokenizer adds around it. */
    long[] encode(String text);

    /** The ids of a text alone: nothing is added, special tokens that the text itself spells out are read as such. */
    long[] encodeBare(String text);

    /** One text, or two, with the special tokens that the tokenizer puts around and between. */
    EncodedText encodePair(String first, @Nullable String second);

    /** The id of a token by the very characters that the vocabulary has, such as {@code </s>}. */
    OptionalLong idOf(String token);

    /** The text of ids, without special tokens. */
    String decode(long[] ids);
}
