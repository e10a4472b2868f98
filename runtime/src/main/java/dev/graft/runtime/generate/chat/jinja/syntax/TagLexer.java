package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Cuts what is within a tag into words, up to its end. */
final class TagLexer {
    private static final List<String> LONG_OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=");
    private static final String OPERATORS = "+-/*%~[](){}><=.:|,;";

    private final String source;
    private final boolean block;
    private final List<Token> tokens;
    private final Deque<Character> open = new ArrayDeque<>();
    private int position;
    private int line;

    TagLexer(String source, int position, int line, boolean block, List<Token> tokens) {
        this.source = source;
        this.position = position;
        this.line = line;
        this.block = block;
        this.tokens = tokens;
    }

    int position() {
        return position;
    }

    int line() {
        return line;
    }

    void run() {
        while (position < source.length()) {
            int end = open.isEmpty() ? end() : -1;
            if (end >= 0) {
                add(block ? Token.Kind.BLOCK_END : Token.Kind.PRINT_END, "");
                moveTo(end);
                return;
            }
            word();
        }
    }

    private int end() {
        String close = block ? "%}" : "}}";
        if (source.startsWith("-" + close, position)) {
            return Characters.skipSpace(source, position + 3);
        }
        if (block && source.startsWith("+%}", position)) {
            return position + 3;
        }
        if (!source.startsWith(close, position)) {
            return -1;
        }
        return block && source.startsWith("\n", position + 2) ? position + 3 : position + 2;
    }

    private void moveTo(int next) {
        line += Characters.newlines(source, position, next);
        position = next;
    }

    private void add(Token.Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    private void word() {
        int character = source.codePointAt(position);
        if (Characters.isSpace(character)) {
            moveTo(Characters.skipSpace(source, position));
        } else if (character >= '0' && character <= '9') {
            number();
        } else if (Characters.isWordCharacter(character)) {
            name();
        } else if (character == '\'' || character == '"') {
            string((char) character);
        } else {
            operator();
        }
    }

    private void number() {
        NumberToken number = NumberToken.at(source, position);
        add(number.isFloat() ? Token.Kind.FLOAT : Token.Kind.INTEGER, source.substring(position, number.end()));
        position = number.end();
    }

    private void name() {
        int end = position;
        while (end < source.length() && Characters.isWordCharacter(source.codePointAt(end))) {
            end += Character.charCount(source.codePointAt(end));
            if (end - position > Limits.NAME) {
                throw JinjaException.at(line, "a name of more than " + Limits.NAME + " characters");
            }
        }
        int first = source.codePointAt(position);
        if (!Character.isUnicodeIdentifierStart(first) && first != '_') {
            throw JinjaException.at(line, "a character that no name can begin with");
        }
        add(Token.Kind.NAME, source.substring(position, end));
        position = end;
    }

    private void string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw JinjaException.at(line, "the string has no end");
        }
        add(Token.Kind.STRING, StringLiteral.valueOf(source.substring(position + 1, end), line));
        moveTo(end + 1);
    }

    private void operator() {
        for (String operator : LONG_OPERATORS) {
            if (source.startsWith(operator, position)) {
                add(Token.Kind.OPERATOR, operator);
                position += operator.length();
                return;
            }
        }
        char character = source.charAt(position);
        if (OPERATORS.indexOf(character) < 0) {
            throw JinjaException.at(
                    line, "unexpected character '" + Character.toString(source.codePointAt(position)) + "'");
        }
        balance(character);
        add(Token.Kind.OPERATOR, String.valueOf(character));
        position++;
    }

    private void balance(char character) {
        int opening = "([{".indexOf(character);
        int closing = ")]}".indexOf(character);
        if (opening >= 0) {
            open.push(")]}".charAt(opening));
        } else if (closing >= 0 && (open.isEmpty() || open.pop() != character)) {
            throw JinjaException.at(line, "unexpected '" + character + "'");
        }
    }
}
