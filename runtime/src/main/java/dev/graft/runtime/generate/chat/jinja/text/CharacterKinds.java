package dev.graft.runtime.generate.chat.jinja.text;

import java.util.function.IntPredicate;

/** What all characters of a text are. */
public final class CharacterKinds {
    private CharacterKinds() {}

    /** Whether all characters are what a method of str asks for, such as {@code isdigit}. */
    public static boolean holds(String text, String name) {
        return switch (name) {
            case "isupper" -> cased(text, Character::isUpperCase);
            case "islower" -> cased(text, Character::isLowerCase);
            case "isascii" -> text.chars().allMatch(character -> character < 128);
            default -> !text.isEmpty() && text.codePoints().allMatch(kind(name));
        };
    }

    private static IntPredicate kind(String name) {
        return switch (name) {
            case "isalpha" -> Character::isLetter;
            case "isspace" -> Characters::isSpace;
            case "isdecimal" -> Character::isDigit;
            case "isdigit" -> CharacterKinds::isDigit;
            case "isnumeric" -> CharacterKinds::isNumeric;
            default -> character -> Character.isLetter(character) || isNumeric(character);
        };
    }

    private static boolean isDigit(int character) {
        boolean raised = (character >= 0x2070 && character <= 0x2089)
                || character == 0xB2
                || character == 0xB3
                || character == 0xB9;
        return Character.isDigit(character) || (raised && Character.getType(character) == Character.OTHER_NUMBER);
    }

    private static boolean isNumeric(int character) {
        int type = Character.getType(character);
        return Character.isDigit(character) || type == Character.OTHER_NUMBER || type == Character.LETTER_NUMBER;
    }

    private static boolean cased(String text, IntPredicate wanted) {
        boolean any = false;
        for (int character : text.codePoints().toArray()) {
            boolean has = Character.isUpperCase(character)
                    || Character.isLowerCase(character)
                    || Character.isTitleCase(character);
            if (has && !wanted.test(character)) {
                return false;
            }
            any |= has;
        }
        return any;
    }
}
