package dev.graft.runtime.generate.chat.jinja;

/** Upper and lower case, as Python changes it. */
final class Casing {
    private Casing() {}

    static String changed(String text, String name) {
        return switch (name) {
            case "upper" -> TextMethods.upper(text);
            case "title" -> titled(text);
            case "capitalize" -> capitalized(text);
            case "swapcase" -> swapped(text);
            default -> TextMethods.lower(text);
        };
    }

    static String capitalized(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return TextMethods.upper(text.substring(0, first)) + TextMethods.lower(text.substring(first));
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
}
