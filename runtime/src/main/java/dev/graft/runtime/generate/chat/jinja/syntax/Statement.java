package dev.graft.runtime.generate.chat.jinja.syntax;

import java.util.List;

/** What writes, assigns or decides. */
public sealed interface Statement {
    /** Text between tags. */
    record Text(String text) implements Statement {}

    /** {@code {{ a }}}. */
    record Print(Expression value, int line) implements Statement {}

    /** {@code if}, {@code elif}, {@code else}. */
    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    /** A test and what follows if it holds. */
    record Branch(Expression test, List<Statement> body, int line) {}

    /** {@code for target in items if test}. */
    record For(
            Target target,
            Expression items,
            List<Expression> test,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    /** {@code set target = value}. */
    record Assign(Target target, Expression value, int line) implements Statement {}

    /** {@code set target | filter} with a body. */
    record AssignBody(Target target, List<Expression.Application> filters, List<Statement> body, int line)
            implements Statement {}

    /** {@code macro}. */
    record Macro(Signature signature, List<Statement> body, int line) implements Statement {}

    /** A macro's name and parameters, and which of the hidden ones its body reads; defaults belong to the last parameters. */
    record Signature(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            boolean varargs,
            boolean kwargs,
            boolean caller) {}

    /** {@code call}: a call that is given the body as {@code caller}. */
    record CallBody(Expression.Call call, Macro caller, int line) implements Statement {}

    /** The tag filter: a body as text, through filters. */
    record FilterBody(List<Expression.Application> filters, List<Statement> body, int line) implements Statement {}

    /** {@code with}: names for a body. */
    record With(List<Target> targets, List<Expression> values, List<Statement> body, int line) implements Statement {}

    /** A body with names of its own: {@code generation}. */
    record Scoped(List<Statement> body) implements Statement {}

    /** {@code break}, {@code continue}. */
    record Jump(boolean leave) implements Statement {}

    /** What can be assigned to. */
    sealed interface Target {
        /** A variable. */
        record Variable(String name) implements Target {}

        /** {@code namespace.name}. */
        record Member(String namespace, String name) implements Target {}

        /** Several, for the items of a list. */
        record Several(List<Target> targets) implements Target {}
    }
}
