package dev.graft.batched;

import dev.graft.runtime.generate.EncodedText;
import dev.graft.runtime.generate.TokenizerSource;
import java.util.OptionalLong;

/** Every token is one sign, whatever the size of the vocabulary. */
final class OneSignTokens implements TokenizerSource {
    private static final char FIRST = '\u4e00';

    @Override
    public long[] encode(String text) {
        return text.chars().mapToLong(sign -> sign - FIRST).toArray();
    }

    @Override
    public long[] encodeBare(String text) {
        return encode(text);
    }

    @Override
    public EncodedText encodePair(String first, String second) {
        throw new UnsupportedOperationException("no text here has a second one");
    }

    @Override
    public OptionalLong idOf(String token) {
        return OptionalLong.empty();
    }

    @Override
    public String decode(long[] ids) {
        StringBuilder text = new StringBuilder();
        for (long id : ids) {
            text.append((char) (FIRST + id));
        }
        return text.toString();
    }
}
