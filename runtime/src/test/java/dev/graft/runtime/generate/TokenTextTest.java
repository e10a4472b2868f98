package dev.graft.runtime.generate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenTextTest {
    private static final Bytes BYTES = new Bytes();

    @Test
    void aPieceIsMadeOfWholeCharacters() {
        String text = "na\u00efve \u4f60\u597d \ud83d\udc69\u200d\ud83d\ude80!";

        List<String> pieces = pieces("", text);

        assertThat(String.join("", pieces)).isEqualTo(text);
        assertThat(pieces)
                .allSatisfy(piece -> assertThat(piece)
                        .doesNotContain("\ufffd")
                        .satisfies(whole -> assertThat(Character.isLowSurrogate(whole.charAt(0)))
                                .isFalse()));
        assertThat(pieces).contains("\u00ef", "\u4f60", "\ud83d\udc69");
    }

    @Test
    void theSpaceInFrontOfAWordIsKept() {
        // the tokenizer drops a space at the very beginning, as those of Llama do
        assertThat(pieces("Once", " upon a")).containsExactly(" ", "u", "p", "o", "n", " ", "a");
        assertThat(pieces("", " upon")).containsExactly("u", "p", "o", "n");
    }

    @Test
    void halfACharacterAtTheEndIsShownAsTheTokenizerDoes() {
        TokenText text = new TokenText(BYTES, BYTES.encode("a"));

        assertThat(text.take(0xe4)).isEmpty();
        assertThat(text.take(0xbd)).isEmpty();
        assertThat(text.rest()).isEqualTo("\ufffd");
        assertThat(text.rest()).isEmpty();
    }

    @Test
    void bytesThatNeverBecomeACharacterDoNotHoldTheTextUp() {
        TokenText text = new TokenText(BYTES, new long[0]);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            all.append(text.take(0x80));
        }

        assertThat(all.toString()).hasSizeGreaterThan(30).matches("\ufffd+");
    }

    @Test
    void anInvalidByteInsideIsShown() {
        TokenText text = new TokenText(BYTES, new long[0]);

        assertThat(text.take(0xff)).isEmpty();
        assertThat(text.take('x')).isEqualTo("\ufffdx");
    }

    private static List<String> pieces(String prompt, String continuation) {
        TokenText text = new TokenText(BYTES, BYTES.encode(prompt));
        List<String> pieces = new ArrayList<>();
        for (long token : BYTES.encode(continuation)) {
            pieces.add(text.take(token));
        }
        pieces.add(text.rest());
        pieces.removeIf(String::isEmpty);
        return pieces;
    }

    /** One byte, one token; a space in front of everything is dropped. */
    private static final class Bytes implements TokenizerSource {
        @Override
        public long[] encode(String text) {
            byte[] bytes = text.getBytes(UTF_8);
            long[] ids = new long[bytes.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = bytes[i] & 0xff;
            }
            return ids;
        }

        @Override
        public long[] encodeBare(String text) {
            return encode(text);
        }

        @Override
        public EncodedText encodePair(String first, @Nullable String second) {
            long[] ids = encode(first);
            return new EncodedText(ids, new long[ids.length], new long[ids.length]);
        }

        @Override
        public OptionalLong idOf(String token) {
            return OptionalLong.empty();
        }

        @Override
        public String decode(long[] ids) {
            byte[] bytes = new byte[ids.length];
            for (int i = 0; i < ids.length; i++) {
                bytes[i] = (byte) ids[i];
            }
            String text = new String(bytes, UTF_8);
            return text.startsWith(" ") ? text.substring(1) : text;
        }
    }
}
