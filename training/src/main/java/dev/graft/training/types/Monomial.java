package dev.graft.training.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A product of symbols, each as often as it is a factor; without symbols it is 1. The order is graded and respects products, so that
 * sums can be divided by each other: of more symbols first, of as many by text.
 *
 * @param symbols the factors, in order
 */
record Monomial(List<Symbol> symbols) implements Comparable<Monomial> {
    static final Monomial ONE = new Monomial(List.of());
    private static final int MOST_SYMBOLS = 12;

    Monomial {
        if (symbols.size() > MOST_SYMBOLS) {
            throw new NotKnown();
        }
        symbols = symbols.stream().sorted().toList();
    }

    Monomial times(Monomial other) {
        List<Symbol> all = new ArrayList<>(symbols);
        all.addAll(other.symbols);
        return new Monomial(all);
    }

    /** The other factor, if {@code divisor} is one. */
    Optional<Monomial> dividedBy(Monomial divisor) {
        List<Symbol> left = new ArrayList<>(symbols);
        for (Symbol symbol : divisor.symbols) {
            if (!left.remove(symbol)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Monomial(left));
    }

    @Override
    public int compareTo(Monomial other) {
        if (symbols.size() != other.symbols.size()) {
            return Integer.compare(other.symbols.size(), symbols.size());
        }
        for (int i = 0; i < symbols.size(); i++) {
            int order = symbols.get(i).compareTo(other.symbols.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return symbols.stream().map(Symbol::text).collect(Collectors.joining("*"));
    }
}
