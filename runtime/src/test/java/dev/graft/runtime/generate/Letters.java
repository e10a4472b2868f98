package dev.graft.runtime.generate;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** One letter, one token. */
final class Letters implements TokenizerSource {
    @Override
    public long[] encode(String text) {
        return text.chars().mapToLong(letter -> letter - 'a').toArray();
    }

    @Override
    public long[] encodeBare(String text) {
        return encode(text);
    }

    @Override
    public EncodedText encodePair(String first, String second) {
        long[] ids = encode(first);
        return new EncodedText(ids, new long[ids.length], new long[ids.length]);
    }

    @Override
    public OptionalLong idOf(String token) {
        return token.length() == 1 ? OptionalLong.of(token.charAt(0) - 'a') : OptionalLong.empty();
    }

    @Override
    public String decode(long[] ids) {
        return Arrays.stream(ids)
                .mapToObj(id -> String.valueOf((char) ('a' + id)))
                .collect(Collectors.joining());
    }
}
