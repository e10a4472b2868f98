package dev.graft.runtime.generate.chat.jinja.text;

/**
 * The Greek capital sigma, whose small letter at the end of a word is another than within one: the one letter that has to look around when its case is changed.
 *
 * <p>As in Python's {@code lower}; Java asks for the borders of words at every sigma anew, which takes the square of a text's length.
 */
final class Sigma {
    private static final char CAPITAL = '\u03a3';
    private static final char SMALL = '\u03c3';
    private static final char FINAL = '\u03c2';

    /** Those marks among letters that do not end a word, beside the kinds that never do. */
    private static final String WITHIN_WORDS =
            "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

    private Sigma() {}

    /** The text with its capital sigmas in lower case, and nothing else. */
    static String lower(String text) {
        return text.indexOf(CAPITAL) < 0 ? text : changed(text);
    }

    private static String changed(String text) {
        StringBuilder changed = new StringBuilder(text);
        boolean afterLetter = false;
        int lastFinal = -1;
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            int character = text.codePointAt(at);
            if (isIgnored(character)) {
                continue;
            }
            boolean letter = isCased(character);
            if (letter && lastFinal >= 0) {
                changed.setCharAt(lastFinal, SMALL);
            }
            lastFinal = character == CAPITAL && afterLetter ? at : -1;
            if (character == CAPITAL) {
                changed.setCharAt(at, afterLetter ? FINAL : SMALL);
            }
            afterLetter = letter;
        }
        return changed.toString();
    }

    private static boolean isCased(int character) {
        return Character.isUpperCase(character) || Character.isLowerCase(character) || Character.isTitleCase(character);
    }

    private static boolean isIgnored(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default -> WITHIN_WORDS.indexOf(character) >= 0;
        };
    }
}
