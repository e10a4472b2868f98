package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import java.util.List;
import java.util.Locale;

/** The tokens of a template, read one after the other, and how deep the reading is nested. */
final class TokenStream {
    private final List<Token> tokens;
    private int position;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    Token look() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    int position() {
        return position;
    }

    /** Whether a name occurs between a position and the current one. */
    boolean mentionedSince(int start, String name) {
        return tokens.subList(start, position).stream().anyMatch(token -> token.isName(name));
    }

    Token next() {
        Token token = current();
        position = Math.min(position + 1, tokens.size() - 1);
        return token;
    }

    boolean skipName(String name) {
        return skip(current().isName(name));
    }

    boolean skipOperator(String operator) {
        return skip(current().isOperator(operator));
    }

    private boolean skip(boolean matches) {
        if (matches) {
            next();
        }
        return matches;
    }

    boolean is(Token.Kind kind) {
        return current().kind() == kind;
    }

    boolean isOperator(String operator) {
        return current().isOperator(operator);
    }

    Token expect(Token.Kind kind) {
        if (!is(kind)) {
            throw error("expected " + new Token(kind, kind.name().toLowerCase(Locale.ROOT), 0).described() + ", got "
                    + current().described());
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw error("expected '" + operator + "', got " + current().described());
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw error("expected '" + name + "', got " + current().described());
        }
    }

    JinjaException error(String message) {
        return JinjaException.at(current().line(), message);
    }

    void enter() {
        if (++depth > Limits.NESTING) {
            throw error("nested more than " + Limits.NESTING + " deep");
        }
    }

    void leave() {
        depth--;
    }
}
