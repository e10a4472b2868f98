package dev.graft.runtime.generate.chat;

import dev.graft.runtime.generate.EncodedText;
import dev.graft.runtime.generate.TokenizerSource;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One character, one token; the markers of ChatML are braces. */
final class CharacterTokenizer implements TokenizerSource {
    static final char END_OF_TURN = '}';

    @Override
    public long[] encode(String text) {
        return encodeBare(text);
    }

    @Override
    public long[] encodeBare(String text) {
        return text.replace("<|im_start|>", "{")
                .replace("<|im_end|>", "}")
                .chars()
                .asLongStream()
                .toArray();
    }

    @Override
    public EncodedText encodePair(String first, @Nullable String second) {
        long[] ids = encode(first);
        return new EncodedText(ids, new long[ids.length], new long[ids.length]);
    }

    @Override
    public OptionalLong idOf(String token) {
        return token.equals("<|im_end|>") ? OptionalLong.of(END_OF_TURN) : OptionalLong.empty();
    }

    @Override
    public String decode(long[] ids) {
        return Arrays.stream(ids)
                .collect(StringBuilder::new, (text, id) -> text.append((char) id), StringBuilder::append)
                .toString();
    }
}
