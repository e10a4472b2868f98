package dev.graft.training.types;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * An integer that is known, or known up to symbols: a sum of products of symbols with integer factors, as {@code batch*seq + 2*seq -
 * 1}. Equal numbers are equal objects as far as ordinary algebra goes. What grows out of bounds, or out of 64 bits, is {@link
 * NotKnown}, so that a hostile model costs no more than an honest one.
 */
final class Length {
    static final Length ZERO = of(0);
    static final Length ONE = of(1);

    private static final int MOST_TERMS = 32;
    private static final int LONGEST_TEXT = 1000;

    private final NavigableMap<Monomial, Long> terms;
    private final String text;

    private Length(NavigableMap<Monomial, Long> terms) {
        this.terms = terms;
        if (terms.size() > MOST_TERMS) {
            throw new NotKnown();
        }
        this.text = write(terms);
        if (text.length() > LONGEST_TEXT) {
            throw new NotKnown();
        }
    }

    static Length of(long number) {
        return new Length(number == 0 ? new TreeMap<>() : new TreeMap<>(Map.of(Monomial.ONE, number)));
    }

    static Length of(Symbol symbol) {
        return new Length(new TreeMap<>(Map.of(new Monomial(List.of(symbol)), 1L)));
    }

    Length plus(Length other) {
        return plus(other, 1);
    }

    Length minus(Length other) {
        return plus(other, -1);
    }

    Length times(Length other) {
        NavigableMap<Monomial, Long> product = new TreeMap<>();
        terms.forEach((one, a) -> other.terms.forEach((two, b) -> add(product, one.times(two), exactProduct(a, b))));
        return new Length(product);
    }

    Length times(long factor) {
        return times(of(factor));
    }

    /** The other factor, if this is a product with {@code divisor}, which at run time is not zero. */
    Optional<Length> dividedBy(Length divisor) {
        if (divisor.terms.isEmpty()) {
            return Optional.empty();
        }
        Map.Entry<Monomial, Long> lead = divisor.terms.firstEntry();
        Length quotient = ZERO;
        Length rest = this;
        for (int i = 0; i < MOST_TERMS && !rest.terms.isEmpty(); i++) {
            Map.Entry<Monomial, Long> first = rest.terms.firstEntry();
            Optional<Monomial> monomial = first.getKey().dividedBy(lead.getKey());
            if (monomial.isEmpty() || first.getValue() % lead.getValue() != 0) {
                return Optional.empty();
            }
            long factor = first.getValue() / lead.getValue();
            Length part = new Length(new TreeMap<>(Map.of(monomial.get(), factor)));
            quotient = quotient.plus(part);
            rest = rest.minus(part.times(divisor));
        }
        return rest.terms.isEmpty() ? Optional.of(quotient) : Optional.empty();
    }

    /** The number, if no symbol is left. */
    OptionalLong number() {
        if (terms.isEmpty()) {
            return OptionalLong.of(0);
        }
        Long constant = terms.get(Monomial.ONE);
        return terms.size() == 1 && constant != null ? OptionalLong.of(constant) : OptionalLong.empty();
    }

    /** Whether it is this number. */
    boolean is(long number) {
        return number().equals(OptionalLong.of(number));
    }

    /** The symbol, if it is one and nothing else. */
    Optional<Symbol> symbol() {
        if (terms.size() != 1 || terms.firstEntry().getValue() != 1) {
            return Optional.empty();
        }
        List<Symbol> symbols = terms.firstKey().symbols();
        return symbols.size() == 1 ? Optional.of(symbols.get(0)) : Optional.empty();
    }

    /** Whether it cannot be below zero, whatever the symbols are. */
    boolean isNotNegative() {
        return terms.values().stream().allMatch(factor -> factor > 0);
    }

    /** Whether it cannot be zero or below. */
    boolean isPositive() {
        return isNotNegative() && terms.containsKey(Monomial.ONE);
    }

    boolean isAtMost(Length other) {
        return other.minus(this).isNotNegative();
    }

    String text() {
        return text;
    }

    private Length plus(Length other, long sign) {
        NavigableMap<Monomial, Long> sum = new TreeMap<>(terms);
        other.terms.forEach((monomial, factor) -> add(sum, monomial, exactProduct(factor, sign)));
        return new Length(sum);
    }

    private static void add(NavigableMap<Monomial, Long> sum, Monomial monomial, long factor) {
        long before = sum.getOrDefault(monomial, 0L);
        long after = before + factor;
        if (((before ^ after) & (factor ^ after)) < 0) {
            throw new NotKnown();
        }
        if (after == 0) {
            sum.remove(monomial);
        } else {
            sum.put(monomial, after);
        }
    }

    private static long exactProduct(long a, long b) {
        long product = a * b;
        if (Math.multiplyHigh(a, b) != product >> (Long.SIZE - 1)) {
            throw new NotKnown();
        }
        return product;
    }

    private static String write(NavigableMap<Monomial, Long> terms) {
        StringBuilder text = new StringBuilder();
        terms.forEach((monomial, factor) -> {
            boolean first = text.length() == 0;
            text.append(first ? factor < 0 ? "-" : "" : factor < 0 ? " - " : " + ");
            String size = factor < 0 ? Long.toString(factor).substring(1) : Long.toString(factor);
            if (monomial.equals(Monomial.ONE)) {
                text.append(size);
            } else {
                text.append(size.equals("1") ? "" : size + "*").append(monomial);
            }
        });
        return text.length() == 0 ? "0" : text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Length length && length.terms.equals(terms);
    }

    @Override
    public int hashCode() {
        return terms.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
