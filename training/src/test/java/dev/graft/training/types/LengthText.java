package dev.graft.training.types;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Computes the number that a dimension's text stands for, reading it anew, so that a length is checked by what it says. */
final class LengthText {
    /** A symbol that has no number yet. */
    private static final class Unbound extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final Map<String, Long> symbols = new HashMap<>();
    private String text = "";
    private int at;

    /** The number; of a lone symbol that has none yet it is {@code actual} from now on; empty where symbols are missing. */
    OptionalLong number(String length, long actual) {
        if (isSymbol(length)) {
            return OptionalLong.of(symbols.computeIfAbsent(length, any -> actual));
        }
        text = length;
        at = 0;
        try {
            return OptionalLong.of(sum());
        } catch (Unbound e) {
            return OptionalLong.empty();
        }
    }

    private static boolean isSymbol(String text) {
        return text.matches("[A-Za-z_][A-Za-z0-9_.]*|'([^']|'')*'|\\?[0-9]+");
    }

    private long sum() {
        long sum = take("-") ? -product() : product();
        while (true) {
            if (take(" + ")) {
                sum += product();
            } else if (take(" - ")) {
                sum -= product();
            } else {
                return sum;
            }
        }
    }

    private long product() {
        long product = factor();
        while (take("*")) {
            product *= factor();
        }
        return product;
    }

    private long factor() {
        int from = at;
        if (text.charAt(at) == '\'') {
            do {
                at = text.indexOf('\'', at + 1) + 1;
            } while (at < text.length() && text.charAt(at) == '\'');
            return bound(text.substring(from, at));
        }
        while (at < text.length() && " *,()".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        if (take("(")) {
            return function(word);
        }
        return Character.isDigit(word.charAt(0)) ? Long.parseLong(word) : bound(word);
    }

    private long function(String name) {
        long a = sum();
        take(",");
        long b = sum();
        take(")");
        return switch (name) {
            case "min" -> Math.min(a, b);
            case "max" -> Math.max(a, b);
            case "div" -> Math.floorDiv(a, b);
            case "mod" -> Math.floorMod(a, b);
            case "broadcast" -> a == 1 ? b : a;
            default -> throw new AssertionError("no such function: " + name);
        };
    }

    private long bound(String symbol) {
        Long number = symbols.get(symbol);
        if (number == null) {
            throw new Unbound();
        }
        return number;
    }

    private boolean take(String expected) {
        boolean here = text.startsWith(expected, at);
        at += here ? expected.length() : 0;
        return here;
    }
}
