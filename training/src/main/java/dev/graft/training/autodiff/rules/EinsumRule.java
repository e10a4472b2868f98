package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Einsum: the gradient of an operand is the einsum of the output's gradient with the other operands. {@code ij,jk->ik} gives {@code
 * ik,jk->ij} and {@code ik,ij->jk}. Labels that an operand alone has were summed: its gradient is repeated along them.
 */
final class EinsumRule {
    static final List<Entry> ENTRIES = List.of(rule("Einsum", 12, g -> new EinsumRule(g).differentiate()));

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private final NodeGradient g;
    private final List<String> operands = new ArrayList<>();
    private final String result;

    private EinsumRule(NodeGradient g) {
        this.g = g;
        String equation = g.node().stringAttribute("equation", "").replace(" ", "");
        String[] sides = equation.split("->", -1);
        String ellipsis = freeLetters(equation);
        String[] terms = sides[0].split(",", -1);
        int longest = 0;
        for (int i = 0; i < terms.length; i++) {
            operands.add(expand(terms[i], ellipsis, g.rank(g.in(i))));
            longest = Math.max(
                    longest,
                    operands.get(i).length() - terms[i].replace("...", "").length());
        }
        String broadcast = ellipsis.substring(ellipsis.length() - longest);
        this.result = sides.length > 1 ? sides[1].replace("...", broadcast) : broadcast + implied();
    }

    private void differentiate() {
        checkLengths();
        for (int i = 0; i < operands.size(); i++) {
            int operand = i;
            g.give(i, () -> gradient(operand));
        }
    }

    private Value gradient(int operand) {
        List<Value> factors = new ArrayList<>(List.of(g.dy()));
        StringBuilder equation = new StringBuilder(result);
        for (int other = 0; other < operands.size(); other++) {
            if (other != operand) {
                factors.add(g.in(other));
                equation.append(',').append(operands.get(other));
            }
        }
        String wanted = operands.get(operand);
        StringBuilder made = new StringBuilder();
        List<Long> missing = new ArrayList<>();
        for (int axis = 0; axis < wanted.length(); axis++) {
            if (equation.indexOf(wanted.substring(axis, axis + 1)) >= 0) {
                made.append(wanted.charAt(axis));
            } else {
                missing.add((long) axis);
            }
        }
        Value part = g.node("Einsum", factors, Attribute.of("equation", equation + "->" + made));
        if (missing.isEmpty()) {
            return part;
        }
        long[] axes = missing.stream().mapToLong(Long::longValue).toArray();
        return g.node("Expand", g.unsqueeze(part, axes), g.shapeOf(g.in(operand)));
    }

    /** Without an arrow: the labels that occur once, in order of the alphabet. */
    private String implied() {
        String all = String.join("", operands);
        return all.chars()
                .filter(label -> all.indexOf(label) == all.lastIndexOf(label))
                .sorted()
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** A term with letters in place of its ellipsis, so many that it has a letter per axis; the last ones line up. */
    private String expand(String term, String ellipsis, int rank) {
        int named = term.replace("...", "").length();
        int hidden = term.contains("...") ? rank - named : 0;
        String expanded = term.replace("...", ellipsis.substring(ellipsis.length() - Math.max(0, hidden)));
        if (expanded.chars().distinct().count() != expanded.length()) {
            throw g.refuse("the term '" + term + "' has a label twice");
        }
        return expanded;
    }

    private static String freeLetters(String equation) {
        StringBuilder free = new StringBuilder();
        LETTERS.chars().filter(letter -> equation.indexOf(letter) < 0).forEach(letter -> free.append((char) letter));
        return free.toString();
    }

    /** A label that stands for different lengths was broadcast. */
    private void checkLengths() {
        Map<Character, Dim> lengths = new HashMap<>();
        for (int i = 0; i < operands.size(); i++) {
            List<Dim> dims = g.type(g.in(i)).dims().orElseThrow();
            for (int axis = 0; axis < dims.size(); axis++) {
                Dim before = lengths.putIfAbsent(operands.get(i).charAt(axis), dims.get(axis));
                if (before instanceof Dim.Fixed
                        && dims.get(axis) instanceof Dim.Fixed
                        && !before.equals(dims.get(axis))) {
                    throw g.refuse("it broadcasts axis " + axis + " of input " + i);
                }
            }
        }
    }
}
