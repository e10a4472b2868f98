package dev.graft.training.types;

import dev.graft.training.types.Symbol.Kind;
import java.util.List;
import java.util.Optional;

/** Functions of lengths that are no sums or products: solved where the answer is the same for all symbols, else symbols themselves. */
final class LengthFormulas {
    private LengthFormulas() {}

    static Length min(Length a, Length b) {
        if (a.isAtMost(b)) {
            return a;
        }
        if (b.isAtMost(a)) {
            return b;
        }
        require(a.isNotNegative() && b.isNotNegative());
        return Length.of(Symbol.of(Kind.MIN, a, b));
    }

    static Length max(Length a, Length b) {
        if (a.isAtMost(b)) {
            return b;
        }
        if (b.isAtMost(a)) {
            return a;
        }
        require(a.isNotNegative() || b.isNotNegative());
        return Length.of(Symbol.of(Kind.MAX, a, b));
    }

    /** {@code a / b} without the remainder, both not negative or both numbers. */
    static Length quotient(Length a, Length b) {
        require(!b.is(0));
        if (a.number().isPresent() && b.number().isPresent()) {
            require(b.number().getAsLong() != -1 || a.number().getAsLong() != Long.MIN_VALUE);
            return Length.of(a.number().getAsLong() / b.number().getAsLong());
        }
        Optional<Length> exact = a.dividedBy(b);
        if (exact.isPresent()) {
            return exact.get();
        }
        require(a.isNotNegative() && b.isNotNegative());
        return Length.of(Symbol.of(Kind.DIV, a, b));
    }

    /** {@code floor(a / b)} for a number {@code b > 0}, where the operator's success says that the result is not negative. */
    static Length lengthQuotient(Length a, long b) {
        require(b > 0);
        if (a.number().isPresent()) {
            return Length.of(Math.floorDiv(a.number().getAsLong(), b));
        }
        return a.dividedBy(Length.of(b)).orElseGet(() -> Length.of(Symbol.of(Kind.DIV, a, Length.of(b))));
    }

    /** The remainder of what is not negative. */
    static Length remainder(Length a, Length b) {
        require(!b.is(0) && a.isNotNegative() && b.isNotNegative());
        if (a.number().isPresent() && b.number().isPresent()) {
            return Length.of(a.number().getAsLong() % b.number().getAsLong());
        }
        return a.dividedBy(b).isPresent() ? Length.ZERO : Length.of(Symbol.of(Kind.MOD, a, b));
    }

    /** What two dimensions become that are broadcast with each other, given that they can be: equal, or one of them is 1. */
    static Length broadcast(Length a, Length b) {
        if (a.equals(b) || b.is(1)) {
            return a;
        }
        if (a.is(1)) {
            return b;
        }
        if (a.number().isPresent() || b.number().isPresent()) {
            return a.number().isPresent() ? a : b;
        }
        if (absorbs(a, b)) {
            return a;
        }
        return absorbs(b, a) ? b : Length.of(Symbol.of(Kind.BROADCAST, a, b));
    }

    /**
     * Whether {@code whole} is what comes out: {@code part} is {@code min(whole, n)} for a number above 1, as a mask cut out of a
     * larger one is, which is either {@code whole} or a number that fits nothing else; or whole already was broadcast with it.
     */
    private static boolean absorbs(Length whole, Length part) {
        boolean cut =
                isFunction(part, Kind.MIN, whole) && other(part, whole).number().orElse(0) > 1;
        return cut || isFunction(whole, Kind.BROADCAST, part);
    }

    private static boolean isFunction(Length length, Kind kind, Length operand) {
        return length.symbol()
                .filter(symbol -> symbol.kind() == kind && symbol.operands().contains(operand))
                .isPresent();
    }

    private static Length other(Length function, Length operand) {
        List<Length> operands = function.symbol().orElseThrow().operands();
        return operands.get(operands.get(0).equals(operand) ? 1 : 0);
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new NotKnown();
        }
    }
}
