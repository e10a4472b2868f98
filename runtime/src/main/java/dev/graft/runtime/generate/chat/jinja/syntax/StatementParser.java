package dev.graft.runtime.generate.chat.jinja.syntax;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.syntax.Expression.Application;
import dev.graft.runtime.generate.chat.jinja.syntax.Statement.Branch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads tags and what is between them. */
final class StatementParser {
    private static final Set<String> NOT_SUPPORTED =
            Set.of("include", "import", "from", "extends", "block", "autoescape");

    private final TokenStream stream;
    private final ExpressionParser expressions;
    private final TargetParser targets;
    private final MacroParser macros;
    private int loops;

    StatementParser(TokenStream stream) {
        this.stream = stream;
        this.expressions = new ExpressionParser(stream);
        this.targets = new TargetParser(stream, expressions);
        this.macros = new MacroParser(stream, expressions, this);
    }

    List<Statement> template() {
        return statements(Set.of());
    }

    private List<Statement> statements(Set<String> ends) {
        List<Statement> body = new ArrayList<>();
        while (!stream.is(Token.Kind.END)) {
            Token token = stream.next();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Text(token.text()));
                case PRINT_BEGIN -> body.add(print(token.line()));
                default -> {
                    if (stream.is(Token.Kind.NAME)
                            && ends.contains(stream.current().text())) {
                        return body;
                    }
                    body.addAll(statement());
                    stream.expect(Token.Kind.BLOCK_END);
                }
            }
        }
        if (!ends.isEmpty()) {
            throw stream.error("the template ends within a block that needs "
                    + String.join(" or ", ends.stream().sorted().toList()));
        }
        return body;
    }

    private Statement print(int line) {
        Expression value = expressions.tuple();
        stream.expect(Token.Kind.PRINT_END);
        return new Statement.Print(value, line);
    }

    /** What is between the end of this tag and one of the tags named, whose name is the current token then. */
    List<Statement> bodyUntil(String... ends) {
        stream.skipOperator(":");
        stream.expect(Token.Kind.BLOCK_END);
        return statements(Set.of(ends));
    }

    List<Statement> bodyThrough(String end) {
        List<Statement> body = bodyUntil(end);
        stream.next();
        return body;
    }

    /** The body of what is called: a jump in it has no loop around it. */
    List<Statement> calledBody(String end) {
        int around = loops;
        loops = 0;
        List<Statement> body = bodyThrough(end);
        loops = around;
        return body;
    }

    private List<Statement> statement() {
        Token tag = stream.expect(Token.Kind.NAME);
        stream.enter();
        List<Statement> statements = tag.text().equals("print") ? printed(tag.line()) : List.of(tagged(tag));
        stream.leave();
        return statements;
    }

    private Statement tagged(Token tag) {
        int line = tag.line();
        return switch (tag.text()) {
            case "if" -> branches(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> macros.macro(line);
            case "call" -> macros.call(line);
            case "filter" -> new Statement.FilterBody(filters(true), bodyThrough("endfilter"), line);
            case "with" -> with(line);
            case "generation" -> new Statement.Scoped(calledBody("endgeneration"));
            case "break", "continue" -> jump(tag);
            default -> throw unknown(tag);
        };
    }

    private static JinjaException unknown(Token tag) {
        String what = NOT_SUPPORTED.contains(tag.text()) ? "is not supported" : "is not known, or has nothing to end";
        return JinjaException.at(tag.line(), "the tag " + tag.described() + " " + what);
    }

    private List<Statement> printed(int line) {
        List<Statement> prints = new ArrayList<>();
        while (!stream.is(Token.Kind.BLOCK_END)) {
            if (!prints.isEmpty()) {
                stream.expectOperator(",");
            }
            prints.add(new Statement.Print(expressions.expression(), line));
        }
        return prints;
    }

    private Statement jump(Token tag) {
        if (loops == 0) {
            throw JinjaException.at(tag.line(), "'" + tag.text() + "' outside of a loop");
        }
        return new Statement.Jump(tag.text().equals("break"));
    }

    private Statement branches(int firstLine) {
        List<Branch> branches = new ArrayList<>();
        int line = firstLine;
        while (true) {
            Expression test = expressions.tuple(expressions::withoutConditional, expressions::atTupleEnd);
            branches.add(new Branch(test, bodyUntil("elif", "else", "endif"), line));
            Token next = stream.next();
            if (!next.isName("elif")) {
                return new Statement.If(branches, next.isName("else") ? bodyThrough("endif") : List.of());
            }
            line = next.line();
        }
    }

    private Statement loop(int line) {
        Statement.Target target = targets.target(() -> stream.current().isName("in"), false);
        targets.refuseLoop(target);
        stream.expectName("in");
        Expression items = expressions.tuple(
                expressions::withoutConditional,
                () -> expressions.atTupleEnd() || stream.current().isName("recursive"));
        List<Expression> test = stream.skipName("if") ? List.of(expressions.expression()) : List.of();
        if (stream.current().isName("recursive")) {
            throw stream.error("a recursive loop is not supported");
        }
        loops++;
        List<Statement> body = bodyUntil("else", "endfor");
        loops--;
        List<Statement> otherwise = stream.next().isName("else") ? bodyThrough("endfor") : List.of();
        return new Statement.For(target, items, test, body, otherwise, line);
    }

    private Statement assignment(int line) {
        Statement.Target target = targets.target(() -> false, true);
        if (loops > 0) {
            targets.refuseLoop(target);
        }
        if (stream.skipOperator("=")) {
            return new Statement.Assign(target, expressions.tuple(), line);
        }
        return new Statement.AssignBody(target, filters(false), bodyThrough("endset"), line);
    }

    private List<Application> filters(boolean first) {
        List<Application> filters = new ArrayList<>();
        if (first) {
            filters.add(expressions.primary().filter());
        }
        while (stream.skipOperator("|")) {
            filters.add(expressions.primary().filter());
        }
        return filters;
    }

    private Statement with(int line) {
        List<Statement.Target> names = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!stream.is(Token.Kind.BLOCK_END)) {
            if (!names.isEmpty()) {
                stream.expectOperator(",");
            }
            names.add(targets.target(() -> false, false));
            stream.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(names, values, bodyThrough("endwith"), line);
    }
}
