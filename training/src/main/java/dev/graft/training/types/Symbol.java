package dev.graft.training.types;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A number of zero or more that is known at run time only. Symbols of equal text have equal numbers within a run.
 *
 * <pre>
 * text     = name | "'" any other name, quotes doubled "'" | "?" number | function "(" Length "," Length ")"
 * function = min | max | div | mod | broadcast
 * </pre>
 */
final class Symbol implements Comparable<Symbol> {
    /** What a symbol stands for. */
    enum Kind {
        /** A length that the model's inputs name. */
        NAME,
        /** A length of which nothing is known. */
        FRESH,
        /** The smaller of two. */
        MIN,
        /** The larger of two. */
        MAX,
        /** A quotient without its remainder. */
        DIV,
        /** A remainder. */
        MOD,
        /** What two lengths that were broadcast with each other became. */
        BROADCAST
    }

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

    private final String text;
    private final Kind kind;
    private final List<Length> operands;

    private Symbol(String text, Kind kind, List<Length> operands) {
        this.text = text;
        this.kind = kind;
        this.operands = operands;
    }

    /** The length that the model's inputs call so. A name that reads like an expression is quoted, so that it is never taken for one. */
    static Symbol named(String name) {
        String text = PLAIN.matcher(name).matches() ? name : "'" + name.replace("'", "''") + "'";
        return new Symbol(text, Kind.NAME, List.of());
    }

    /** A length of its own. */
    static Symbol fresh(int number) {
        return new Symbol("?" + number, Kind.FRESH, List.of());
    }

    /** A function of two lengths; whoever asks for it knows that it is not negative. */
    static Symbol of(Kind kind, Length first, Length second) {
        boolean symmetric = kind == Kind.MIN || kind == Kind.MAX || kind == Kind.BROADCAST;
        boolean turn = symmetric && first.text().compareTo(second.text()) > 0;
        List<Length> operands = turn ? List.of(second, first) : List.of(first, second);
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        return new Symbol(name + "(" + operands.get(0) + "," + operands.get(1) + ")", kind, operands);
    }

    Kind kind() {
        return kind;
    }

    /** What a function is of. */
    List<Length> operands() {
        return operands;
    }

    String text() {
        return text;
    }

    @Override
    public int compareTo(Symbol other) {
        return text.compareTo(other.text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Symbol symbol && symbol.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
