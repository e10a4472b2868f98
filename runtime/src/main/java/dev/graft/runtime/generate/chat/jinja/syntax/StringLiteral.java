package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;

/** What a string in quotes stands for: Python's escapes. */
final class StringLiteral {
    private static final String LETTERS = "abfnrtv\\'\"";
    private static final String MEANINGS = "\u0007\b\f\n\r\t\u000b\\'\"";

    private final String raw;
    private final int line;
    private final StringBuilder value = new StringBuilder();
    private int at;

    private StringLiteral(String raw, int line) {
        this.raw = raw;
        this.line = line;
    }

    static String valueOf(String raw, int line) {
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        StringLiteral literal = new StringLiteral(raw, line);
        literal.run();
        return literal.value.toString();
    }

    private void run() {
        while (at < raw.length()) {
            char character = raw.charAt(at++);
            if (character == '\\' && at < raw.length()) {
                escape(raw.charAt(at++));
            } else {
                value.append(character);
            }
        }
    }

    private void escape(char letter) {
        int known = LETTERS.indexOf(letter);
        if (known >= 0) {
            value.append(MEANINGS.charAt(known));
        } else if (letter >= '0' && letter <= '7') {
            octal();
        } else {
            switch (letter) {
                case '\n' -> {}
                case 'x' -> hexadecimal(2);
                case 'u' -> hexadecimal(4);
                case 'U' -> hexadecimal(8);
                case 'N' -> throw JinjaException.at(line, "\\N{...} in a string is not supported");
                default -> value.append('\\').append(letter);
            }
        }
    }

    private void octal() {
        int start = at - 1;
        while (at < raw.length() && at < start + 3 && raw.charAt(at) >= '0' && raw.charAt(at) <= '7') {
            at++;
        }
        value.append((char) Integer.parseInt(raw.substring(start, at), 8));
    }

    private void hexadecimal(int count) {
        int character = 0;
        for (int digit = 0; digit < count; digit++) {
            int next = at < raw.length() && raw.charAt(at) < 128 ? Character.digit(raw.charAt(at++), 16) : -1;
            if (next < 0 || character > Character.MAX_CODE_POINT) {
                throw JinjaException.at(line, "an escape in a string that is cut off");
            }
            character = character * 16 + next;
        }
        if (character > Character.MAX_CODE_POINT) {
            throw JinjaException.at(line, "an escape in a string that is no character");
        }
        value.appendCodePoint(character);
    }
}
