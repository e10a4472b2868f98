package dev.graft.runtime.generate.chat.jinja.syntax;

import java.util.List;

/** What has a value. */
public sealed interface Expression {
    /** A value as it is written. */
    record Constant(Object value) implements Expression {}

    /** {@code none}, and what a slice leaves out. */
    record Nothing() implements Expression {}

    /** What there is where nothing was written: the value of an {@code if} without {@code else} that does not hold, and why. */
    record Missing(String why) implements Expression {}

    /** A variable. */
    record Name(String name) implements Expression {}

    /** {@code [a, b]}. */
    record ListOf(List<Expression> items) implements Expression {}

    /** {@code (a, b)}. */
    record TupleOf(List<Expression> items) implements Expression {}

    /** {@code {a: b}}. */
    record DictOf(List<Pair> pairs) implements Expression {}

    /** A key and its value. */
    record Pair(Expression key, Expression value) {}

    /** {@code -a}, {@code +a}. */
    record Signed(boolean negative, Expression of) implements Expression {}

    /** {@code not a}. */
    record Not(Expression of) implements Expression {}

    /** {@code a and b}, {@code a or b}: one of the two values. */
    record Either(boolean and, Expression left, Expression right) implements Expression {}

    /** Arithmetic. */
    record Binary(String operator, Expression left, Expression right) implements Expression {}

    /** {@code a < b <= c}: all of them hold. */
    record Compare(Expression first, List<Operand> rest) implements Expression {}

    /** An operator and what is on its right. */
    record Operand(String operator, Expression right) {}

    /** {@code a ~ b}. */
    record Concat(List<Expression> parts) implements Expression {}

    /** {@code a if b else c}. */
    record Conditional(Expression test, Expression then, Expression otherwise) implements Expression {}

    /** {@code a.b}. */
    record Attribute(Expression of, String name) implements Expression {}

    /** {@code a[b]}. */
    record Item(Expression of, Expression key) implements Expression {}

    /** {@code start:stop:step} within {@code []}; what is not given is none. */
    record Slice(Expression start, Expression stop, Expression step) implements Expression {}

    /** {@code a(b, c=d)}. */
    record Call(Expression of, Given given, int line) implements Expression {}

    /** {@code a | f(b)}. */
    record Filtered(Expression of, Application filter) implements Expression {}

    /** {@code a is t(b)}. */
    record Tested(Expression of, Application test) implements Expression {}

    /** A filter or a test by its name, with what it is given. */
    record Application(String name, Given given, int line) {}

    /** What a call is given: by position, by name, and all of a list and of a dict. */
    record Given(List<Expression> positional, List<Named> named, List<Expression> all, List<Expression> allNamed) {
        /** Nothing at all. */
        public static final Given NOTHING = new Given(List.of(), List.of(), List.of(), List.of());
    }

    /** An argument by its name. */
    record Named(String name, Expression value) {}
}
