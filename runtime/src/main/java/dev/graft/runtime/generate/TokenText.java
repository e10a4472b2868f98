package dev.graft.runtime.generate;

import java.util.Arrays;

/**
 * The text of tokens as they come, in pieces of whole characters.
 *
 * <p>A token may be a part of a character, or begin with a space that is only there behind another word. So a few tokens before are decoded along: once without and once with what
 * is new, and the difference is the new text. What ends in a replacement character waits for the rest of its bytes.
 */
final class TokenText {
    /** Tokens before that are decoded along: enough that no tokenizer takes the first new one for the beginning of a text. */
    private static final int BEFORE = 6;

    /** No character has so many parts: what still ends in a replacement character is none. */
    private static final int LONGEST_WAIT = 16;

    private static final char REPLACEMENT = '\uFFFD';

    private final TokenizerSource tokenizer;
    private long[] tokens;
    private int count;
    private int start;
    private int told;

    TokenText(TokenizerSource tokenizer, long[] prompt) {
        this.tokenizer = tokenizer;
        this.tokens = Arrays.copyOf(prompt, prompt.length + 64);
        this.count = prompt.length;
        this.told = count;
        this.start = Math.max(0, count - BEFORE);
    }

    /** Takes a token and gives the text that is certain by now, perhaps none. */
    String take(long token) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, count * 2);
        }
        tokens[count++] = token;
        String text = fresh();
        boolean whole = !text.isEmpty() && text.charAt(text.length() - 1) != REPLACEMENT;
        if (!whole && count - told < LONGEST_WAIT) {
            return "";
        }
        start = told;
        told = count;
        return text;
    }

    /** What is left at the end: half a character, as the tokenizer shows it. */
    String rest() {
        String text = told == count ? "" : fresh();
        told = count;
        return text;
    }

    private String fresh() {
        String before = tokenizer.decode(Arrays.copyOfRange(tokens, start, told));
        String all = tokenizer.decode(Arrays.copyOfRange(tokens, start, count));
        return all.length() <= before.length() ? "" : all.substring(before.length());
    }
}
