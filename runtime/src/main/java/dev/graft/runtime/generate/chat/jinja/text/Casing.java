package dev.graft.runtime.generate.chat.jinja.text;

import java.util.Locale;
import java.util.function.UnaryOperator;

/** Upper and lower case, as Python changes it. */
public final class Casing {
    private static final int PIECE = 64;

    private Casing() {}

    /** A text changed by the method of str with that name, such as {@code swapcase}. */
    public static String changed(String text, String name) {
        return switch (name) {
            case "upper" -> upper(text);
            case "title" -> titled(text);
            case "capitalize" -> capitalized(text);
            case "swapcase" -> swapped(text);
            default -> lower(text);
        };
    }

    /** The first character in upper case, the others in lower case. */
    public static String capitalized(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return upper(text.substring(0, first)) + lower(text.substring(first));
    }

    private static String titled(String text) {
        StringBuilder titled = new StringBuilder();
        boolean within = false;
        for (int character : text.codePoints().toArray()) {
            titled.appendCodePoint(within ? Character.toLowerCase(character) : Character.toTitleCase(character));
            within = Character.isLetter(character);
        }
        return titled.toString();
    }

    private static String swapped(String text) {
        StringBuilder swapped = new StringBuilder();
        text.codePoints()
                .forEach(character -> swapped.appendCodePoint(
                        Character.isUpperCase(character)
                                ? Character.toLowerCase(character)
                                : Character.toUpperCase(character)));
        return swapped.toString();
    }

    /** Upper case in no language's way. */
    public static String upper(String text) {
        return inPieces(text, piece -> piece.toUpperCase(Locale.ROOT));
    }

    /** Lower case in no language's way. */
    public static String lower(String text) {
        return inPieces(Sigma.lower(text), piece -> piece.toLowerCase(Locale.ROOT));
    }

    /** Java's change moves all of a text for each character that becomes several, such as the sharp s. */
    private static String inPieces(String text, UnaryOperator<String> change) {
        if (text.length() <= PIECE) {
            return change.apply(text);
        }
        StringBuilder changed = new StringBuilder(text.length());
        int end;
        for (int start = 0; start < text.length(); start = end) {
            end = Math.min(text.length(), start + PIECE);
            end -= Character.isHighSurrogate(text.charAt(end - 1)) && end < text.length() ? 1 : 0;
            changed.append(change.apply(text.substring(start, end)));
        }
        return changed.toString();
    }
}
