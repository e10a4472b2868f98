package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.syntax.Expression.Application;
import dev.graft.runtime.generate.chat.jinja.syntax.Expression.Given;
import dev.graft.runtime.generate.chat.jinja.syntax.Expression.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads names, literals, and what follows them: attributes, items, calls, filters and tests. */
final class PrimaryParser {
    private static final Expression NONE = new Expression.Nothing();
    private static final Set<Token.Kind> ARGUMENT =
            Set.of(Token.Kind.NAME, Token.Kind.STRING, Token.Kind.INTEGER, Token.Kind.FLOAT);
    private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and");

    private final TokenStream stream;
    private final ExpressionParser expressions;

    PrimaryParser(TokenStream stream, ExpressionParser expressions) {
        this.stream = stream;
        this.expressions = expressions;
    }

    Expression primary() {
        Token token = stream.next();
        return switch (token.kind()) {
            case NAME -> name(token.text());
            case STRING -> string(token.text());
            case INTEGER -> new Expression.Constant(NumberToken.valueOf(token.text(), token.line()));
            case FLOAT -> new Expression.Constant(Double.valueOf(token.text().replace("_", "")));
            case OPERATOR -> opened(token);
            default -> throw unexpected(token);
        };
    }

    private static JinjaException unexpected(Token token) {
        return JinjaException.at(token.line(), "unexpected " + token.described());
    }

    private static Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Constant(true);
            case "false", "False" -> new Expression.Constant(false);
            case "none", "None" -> NONE;
            default -> new Expression.Name(name);
        };
    }

    private Expression string(String first) {
        StringBuilder value = new StringBuilder(first);
        while (stream.is(Token.Kind.STRING)) {
            value.append(stream.next().text());
        }
        return new Expression.Constant(value.toString());
    }

    private Expression opened(Token token) {
        return switch (token.text()) {
            case "(" -> parentheses();
            case "[" -> new Expression.ListOf(listed());
            case "{" -> dict();
            default -> throw unexpected(token);
        };
    }

    private Expression parentheses() {
        if (stream.skipOperator(")")) {
            return new Expression.TupleOf(List.of());
        }
        Expression inside = expressions.tuple();
        stream.expectOperator(")");
        return inside;
    }

    private List<Expression> listed() {
        List<Expression> items = new ArrayList<>();
        while (!stream.skipOperator("]")) {
            items.add(expressions.expression());
            if (!stream.isOperator("]")) {
                stream.expectOperator(",");
            }
        }
        return items;
    }

    private Expression dict() {
        List<Expression.Pair> pairs = new ArrayList<>();
        while (!stream.skipOperator("}")) {
            Expression key = expressions.expression();
            stream.expectOperator(":");
            pairs.add(new Expression.Pair(key, expressions.expression()));
            if (!stream.isOperator("}")) {
                stream.expectOperator(",");
            }
        }
        return new Expression.DictOf(pairs);
    }

    Expression postfix(Expression of) {
        Expression whole = of;
        while (true) {
            if (stream.skipOperator(".")) {
                whole = attribute(whole);
            } else if (stream.skipOperator("[")) {
                whole = new Expression.Item(whole, subscript());
            } else if (stream.isOperator("(")) {
                whole = call(whole);
            } else {
                return whole;
            }
        }
    }

    private Expression call(Expression of) {
        int line = stream.current().line();
        return new Expression.Call(of, given(), line);
    }

    private Expression attribute(Expression of) {
        Token token = stream.next();
        return switch (token.kind()) {
            case NAME -> new Expression.Attribute(of, token.text());
            case INTEGER ->
                new Expression.Item(of, new Expression.Constant(NumberToken.valueOf(token.text(), token.line())));
            default -> throw JinjaException.at(token.line(), "expected a name or a number, got " + token.described());
        };
    }

    private Expression subscript() {
        List<Expression> keys = new ArrayList<>();
        while (!stream.skipOperator("]")) {
            if (!keys.isEmpty()) {
                stream.expectOperator(",");
            }
            keys.add(subscribed());
        }
        return keys.size() == 1 ? keys.get(0) : new Expression.TupleOf(keys);
    }

    private Expression subscribed() {
        Expression start = stream.isOperator(":") ? NONE : expressions.expression();
        if (!stream.skipOperator(":")) {
            return start;
        }
        Expression stop = bound();
        Expression step = stream.skipOperator(":") ? bound() : NONE;
        return new Expression.Slice(start, stop, step);
    }

    private Expression bound() {
        boolean given = !stream.isOperator(":") && !stream.isOperator("]") && !stream.isOperator(",");
        return given ? expressions.expression() : NONE;
    }

    Expression filtersAndTests(Expression of) {
        Expression whole = of;
        while (true) {
            if (stream.skipOperator("|")) {
                whole = new Expression.Filtered(whole, filter());
            } else if (stream.skipName("is")) {
                whole = test(whole);
            } else if (stream.isOperator("(")) {
                whole = call(whole);
            } else {
                return whole;
            }
        }
    }

    /** A filter whose bar is read. */
    Application filter() {
        int line = stream.current().line();
        String name = dotted();
        return new Application(name, stream.isOperator("(") ? given() : Given.NOTHING, line);
    }

    private String dotted() {
        StringBuilder name = new StringBuilder(stream.expect(Token.Kind.NAME).text());
        while (stream.skipOperator(".")) {
            name.append('.').append(stream.expect(Token.Kind.NAME).text());
        }
        return name.toString();
    }

    private Expression test(Expression of) {
        int line = stream.current().line();
        boolean negated = stream.skipName("not");
        Expression test = new Expression.Tested(of, new Application(dotted(), testGiven(), line));
        return negated ? new Expression.Not(test) : test;
    }

    private Given testGiven() {
        Token token = stream.current();
        if (token.isOperator("(")) {
            return given();
        }
        if (token.isName("is")) {
            throw stream.error("tests cannot be chained with is");
        }
        boolean argument = ARGUMENT.contains(token.kind()) || token.isOperator("[") || token.isOperator("{");
        if (!argument || (token.kind() == Token.Kind.NAME && NO_ARGUMENT.contains(token.text()))) {
            return Given.NOTHING;
        }
        return new Given(List.of(postfix(primary())), List.of(), List.of(), List.of());
    }

    private Given given() {
        stream.expectOperator("(");
        Given given = new Given(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        while (!stream.skipOperator(")")) {
            argument(given);
            if (!stream.isOperator(")")) {
                stream.expectOperator(",");
            }
        }
        return given;
    }

    private void argument(Given given) {
        boolean first = given.all().isEmpty() && given.allNamed().isEmpty();
        if (stream.skipOperator("*")) {
            ensure(first);
            given.all().add(expressions.expression());
        } else if (stream.skipOperator("**")) {
            ensure(given.allNamed().isEmpty());
            given.allNamed().add(expressions.expression());
        } else if (stream.is(Token.Kind.NAME) && stream.look().isOperator("=")) {
            ensure(given.allNamed().isEmpty());
            named(given);
        } else {
            ensure(first && given.named().isEmpty());
            given.positional().add(expressions.expression());
        }
    }

    private void named(Given given) {
        String name = stream.next().text();
        stream.next();
        ensure(given.named().size() < Limits.PARAMETERS);
        ensure(given.named().stream().noneMatch(other -> other.name().equals(name)));
        given.named().add(new Named(name, expressions.expression()));
    }

    private void ensure(boolean valid) {
        if (!valid) {
            throw stream.error("the call is given too much, twice the same, or by name before by position");
        }
    }
}
