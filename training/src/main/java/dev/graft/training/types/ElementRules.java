package dev.graft.training.types;

import dev.graft.training.types.Rule.Inference;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The elements that come out of operators that work element by element. */
final class ElementRules {
    static final List<Rule> RULES = List.of(
            new Rule("Identity", each(x -> x)),
            new Rule("Cast", each(x -> x)),
            new Rule("CastLike", each(x -> x)),
            // what is kept of floats are integers, which these leave alone
            new Rule("Floor", each(x -> x)),
            new Rule("Ceil", each(x -> x)),
            new Rule("Round", each(x -> x)),
            new Rule("Neg", each(x -> Length.ZERO.minus(x))),
            new Rule("Abs", each(ElementRules::absolute)),
            new Rule("Sqrt", each(ElementRules::squareRoot)),
            new Rule("Not", each(x -> Length.ONE.minus(x))),
            new Rule("Add", both(Length::plus)),
            new Rule("Sub", both(Length::minus)),
            new Rule("Mul", both(Length::times)),
            new Rule("Div", ElementRules::divide),
            new Rule("Mod", both(LengthFormulas::remainder)),
            new Rule("Min", all(LengthFormulas::min)),
            new Rule("Max", all(LengthFormulas::max)),
            new Rule("Sum", all(Length::plus)),
            new Rule("And", both((a, b) -> truth(a.is(1) && b.is(1)))),
            new Rule("Or", both((a, b) -> truth(a.is(1) || b.is(1)))),
            new Rule("Xor", both((a, b) -> truth(a.is(1) != b.is(1)))),
            new Rule("Equal", both(ElementRules::equal)),
            new Rule("Less", both((a, b) -> less(a, b))),
            new Rule("Greater", both((a, b) -> less(b, a))),
            new Rule("LessOrEqual", both((a, b) -> Length.ONE.minus(less(b, a)))),
            new Rule("GreaterOrEqual", both((a, b) -> Length.ONE.minus(less(a, b)))),
            new Rule("Where", ElementRules::where));

    private ElementRules() {}

    private static Inference each(UnaryOperator<Length> operator) {
        return n -> {
            KnownIntegers x = n.integers(0);
            n.give(0, KnownIntegers.of(x.rank(), x.size(), i -> operator.apply(x.at(i))));
        };
    }

    private static Inference both(BinaryOperator<Length> operator) {
        return n -> n.give(0, broadcast(operator, n.integers(0), n.integers(1)));
    }

    private static Inference all(BinaryOperator<Length> operator) {
        return n -> {
            KnownIntegers result = n.integers(0);
            for (int i = 1; i < n.node().inputs().size(); i++) {
                result = broadcast(operator, result, n.integers(i));
            }
            n.give(0, result);
        };
    }

    private static KnownIntegers broadcast(BinaryOperator<Length> operator, KnownIntegers a, KnownIntegers b) {
        return KnownIntegers.of(Math.max(a.rank(), b.rank()), size(a, b), i -> operator.apply(a.at(i), b.at(i)));
    }

    private static int size(KnownIntegers a, KnownIntegers b) {
        return a.size() == 1 ? b.size() : a.size();
    }

    /** Integers divide towards zero; of floats only what comes out even is an integer. */
    private static void divide(NodeFacts n) {
        BinaryOperator<Length> exact = (a, b) -> a.dividedBy(b).orElseThrow(NotKnown::new);
        n.give(0, broadcast(n.isFloat(0) ? exact : LengthFormulas::quotient, n.integers(0), n.integers(1)));
    }

    private static Length absolute(Length x) {
        if (!x.isNotNegative() && x.number().isEmpty()) {
            throw new NotKnown();
        }
        return x.isNotNegative() ? x : Length.ZERO.minus(x);
    }

    private static Length squareRoot(Length x) {
        long square = x.number().orElseThrow(NotKnown::new);
        long root = Math.round(Math.sqrt((double) square));
        if (square < 0 || square > 1L << 50 || root * root != square) {
            throw new NotKnown();
        }
        return Length.of(root);
    }

    private static Length equal(Length a, Length b) {
        if (a.equals(b)) {
            return Length.ONE;
        }
        Length difference = a.minus(b);
        if (difference.number().isPresent()
                || difference.isPositive()
                || Length.ZERO.minus(difference).isPositive()) {
            return Length.ZERO;
        }
        throw new NotKnown();
    }

    private static Length less(Length a, Length b) {
        if (b.minus(a).isPositive()) {
            return Length.ONE;
        }
        if (b.isAtMost(a)) {
            return Length.ZERO;
        }
        throw new NotKnown();
    }

    private static Length truth(boolean value) {
        return value ? Length.ONE : Length.ZERO;
    }

    private static void where(NodeFacts n) {
        KnownIntegers condition = n.integers(0);
        KnownIntegers x = n.integers(1);
        KnownIntegers y = n.integers(2);
        int rank = Math.max(condition.rank(), Math.max(x.rank(), y.rank()));
        int size = condition.size() == 1 ? size(x, y) : condition.size();
        n.give(0, KnownIntegers.of(rank, size, i -> choose(condition, x, y, i)));
    }

    private static @Nullable Length choose(KnownIntegers condition, KnownIntegers x, KnownIntegers y, int i) {
        Length chosen = condition.elementOrNull(i);
        if (chosen == null) {
            return x.at(i).equals(y.at(i)) ? x.at(i) : null;
        }
        return chosen.is(0) ? y.elementOrNull(i) : x.elementOrNull(i);
    }
}
