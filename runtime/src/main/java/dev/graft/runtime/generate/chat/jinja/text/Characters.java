package dev.graft.runtime.generate.chat.jinja.text;

import java.util.function.IntPredicate;

/** Characters as Python sees them: code points, not halves of pairs. */
public final class Characters {
    private Characters() {}

    /** Python's {@code isspace}. */
    public static boolean isSpace(int character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == 0x85;
    }

    /** How many characters a text has. */
    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** So many characters from the beginning; all where there are fewer, or where the count is negative. */
    public static String first(String text, int count) {
        return count < 0 || count >= length(text) ? text : text.substring(0, text.offsetByCodePoints(0, count));
    }

    /** The text without those at its beginning that are to go. */
    public static String stripLeft(String text, IntPredicate stripped) {
        int start = 0;
        while (start < text.length() && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    /** The text without those at its end that are to go. */
    public static String stripRight(String text, IntPredicate stripped) {
        int end = text.length();
        while (end > 0 && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    /** The text without those at either end that are to go. */
    public static String strip(String text, IntPredicate stripped) {
        return stripLeft(stripRight(text, stripped), stripped);
    }

    /** Where the white space from a place on ends. */
    public static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** How many line ends there are between two places. */
    public static int newlines(String text, int from, int to) {
        int count = 0;
        for (int at = from; at < to; at++) {
            if (text.charAt(at) == '\n') {
                count++;
            }
        }
        return count;
    }

    /** Whether a name may have the character. */
    public static boolean isWordCharacter(int character) {
        return Character.isLetterOrDigit(character)
                || character == '_'
                || Character.getType(character) == Character.LETTER_NUMBER;
    }
}
