package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into tokens: texts, tags, comments and raw parts, with the white space around tags taken away as {@code trim_blocks} and {@code lstrip_blocks} say.
 *
 * <p>Written by hand: Java's regular expressions recurse, and a template may be a megabyte of braces.
 */
final class Lexer {
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokensOf(String source) {
        if (source.length() > Limits.SOURCE) {
            throw JinjaException.of("a template of more than " + Limits.SOURCE + " characters");
        }
        Lexer lexer = new Lexer(normalized(source));
        lexer.run();
        return lexer.tokens;
    }

    /** One kind of line end, and the last one does not count. */
    private static String normalized(String source) {
        String text = source.replace("\r\n", "\n").replace('\r', '\n');
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private void run() {
        while (position < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                text(source.substring(position));
                position = source.length();
            } else {
                tagAt(tag);
            }
        }
        tokens.add(new Token(Token.Kind.END, "", line));
    }

    private int nextTag() {
        for (int at = source.indexOf('{', position); at >= 0; at = source.indexOf('{', at + 1)) {
            char next = at + 1 < source.length() ? source.charAt(at + 1) : ' ';
            if (next == '%' || next == '{' || next == '#') {
                return at;
            }
        }
        return -1;
    }

    private void tagAt(int tag) {
        char kind = source.charAt(tag + 1);
        char sign = signAt(tag + 2);
        textBefore(tag, sign, kind != '{');
        line += Characters.newlines(source, position, tag);
        position = tag + 2 + (sign == ' ' ? 0 : 1);
        int raw = kind == '%' ? rawBegin() : -1;
        if (raw >= 0) {
            moveTo(raw);
            raw();
        } else if (kind == '#') {
            comment();
        } else {
            expression(kind == '%');
        }
    }

    private char signAt(int at) {
        char character = at < source.length() ? source.charAt(at) : ' ';
        return character == '-' || character == '+' ? character : ' ';
    }

    private void textBefore(int end, char sign, boolean block) {
        String text = source.substring(position, end);
        if (sign == '-') {
            text = Characters.stripRight(text, Characters::isSpace);
        } else if (sign == ' ' && block) {
            text = withoutIndent(text);
        }
        text(text);
    }

    /** Without the white space that is all there is before the tag on its line. */
    private String withoutIndent(String text) {
        int start = text.lastIndexOf('\n') + 1;
        boolean lineStarts = start > 0 || position == 0 || source.charAt(position - 1) == '\n';
        return lineStarts && Characters.skipSpace(text, start) == text.length() ? text.substring(0, start) : text;
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Token.Kind.DATA, text, line));
        }
    }

    private void moveTo(int next) {
        line += Characters.newlines(source, position, next);
        position = next;
    }

    private void comment() {
        if (position == source.length()) {
            return;
        }
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw JinjaException.at(line, "the comment has no end");
        }
        char sign = end > position ? signAt(end - 1) : ' ';
        moveTo(afterBlock(end, sign));
    }

    /** Where a text goes on after the two characters of an end. */
    private int afterBlock(int end, char sign) {
        int after = end + 2;
        if (sign == '-') {
            return Characters.skipSpace(source, after);
        }
        return sign == ' ' && source.startsWith("\n", after) ? after + 1 : after;
    }

    /** The end of "raw %}" at the position, or -1. */
    private int rawBegin() {
        int word = Characters.skipSpace(source, position);
        if (!source.startsWith("raw", word)) {
            return -1;
        }
        int end = Characters.skipSpace(source, word + 3);
        if (source.startsWith("-%}", end)) {
            return Characters.skipSpace(source, end + 3);
        }
        return source.startsWith("%}", end) ? end + 2 : -1;
    }

    private void raw() {
        if (position == source.length()) {
            return;
        }
        for (int tag = source.indexOf("{%", position); tag >= 0; tag = source.indexOf("{%", tag + 2)) {
            char sign = signAt(tag + 2);
            int after = rawEnd(tag + 2 + (sign == ' ' ? 0 : 1));
            if (after >= 0) {
                textBefore(tag, sign, true);
                moveTo(after);
                return;
            }
        }
        throw JinjaException.at(line, "the raw part has no endraw");
    }

    private int rawEnd(int from) {
        int word = Characters.skipSpace(source, from);
        if (!source.startsWith("endraw", word)) {
            return -1;
        }
        int end = Characters.skipSpace(source, word + 6);
        char sign = signAt(end);
        int close = sign == ' ' ? end : end + 1;
        return source.startsWith("%}", close) ? afterBlock(close, sign) : -1;
    }

    private void expression(boolean block) {
        tokens.add(new Token(block ? Token.Kind.BLOCK_BEGIN : Token.Kind.PRINT_BEGIN, "", line));
        TagLexer tag = new TagLexer(source, position, line, block, tokens);
        tag.run();
        line = tag.line();
        position = tag.position();
    }
}
