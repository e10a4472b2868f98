package dev.graft.training.data;

import dev.graft.runtime.generate.EncodedText;
import dev.graft.runtime.generate.TokenizerSource;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Every character is a token, and so are a few special ones; puts [CLS] and [SEP] around texts as BERT does. */
final class LetterTokenizer implements TokenizerSource {
    static final List<String> SPECIAL = List.of("<unk>", "<s>", "</s>", "[CLS]", "[SEP]", "<pad>");
    private static final int FIRST_LETTER = 100;

    @Override
    public long[] encode(String text) {
        return encodePair(text, null).ids();
    }

    /** Beginnings and ends of texts that the text itself spells out are read as such. */
    @Override
    public long[] encodeBare(String text) {
        return Arrays.stream(text.split("(?<=</?s>)|(?=</?s>)", -1))
                .flatMapToLong(part -> idOf(part).isPresent()
                        ? idOf(part).stream()
                        : part.chars().mapToLong(letter -> letter + FIRST_LETTER))
                .toArray();
    }

    @Override
    public EncodedText encodePair(String first, String second) {
        long[] a = encodeBare(first);
        long[] b = second == null ? new long[0] : encodeBare(second);
        LongStream ids = LongStream.concat(LongStream.of(3), LongStream.concat(Arrays.stream(a), LongStream.of(4)));
        if (second != null) {
            ids = LongStream.concat(ids, LongStream.concat(Arrays.stream(b), LongStream.of(4)));
        }
        long[] all = ids.toArray();
        long[] types = new long[all.length];
        Arrays.fill(types, a.length + 2, all.length, 1);
        return new EncodedText(
                all,
                types,
                Arrays.stream(all).map(id -> id < FIRST_LETTER ? 1 : 0).toArray());
    }

    @Override
    public OptionalLong idOf(String token) {
        int index = SPECIAL.indexOf(token);
        return index < 0 ? OptionalLong.empty() : OptionalLong.of(index);
    }

    /** The text with special tokens, so that a test can read a row. */
    @Override
    public String decode(long[] ids) {
        return Arrays.stream(ids)
                .mapToObj(id -> id < FIRST_LETTER ? SPECIAL.get((int) id) : String.valueOf((char) (id - FIRST_LETTER)))
                .collect(Collectors.joining());
    }
}
