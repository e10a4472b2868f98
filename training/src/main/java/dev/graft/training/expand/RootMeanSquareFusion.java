package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.training.expand.Pattern.Pair;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code w · (x / √(mean(x²) + ε))}, as both exporters write it, in single precision. */
final class RootMeanSquareFusion implements FusionRule {
    /** The parts of a match. */
    private record Match(Value x, Value weight, double epsilon) {}

    @Override
    public String description() {
        return "Replaces Mul(w, Mul(x, Reciprocal(Sqrt(Add(ReduceMean(Pow(x, 2)), epsilon))))) with "
                + "SimplifiedLayerNormalization(x, w)";
    }

    @Override
    public boolean canEndWith(Node node) {
        return node.is("Mul");
    }

    @Override
    public boolean apply(Pattern pattern, Node node) {
        Optional<Match> match = match(pattern, node);
        match.ifPresent(found -> {
            NodeExpansion f = pattern.formulas(node);
            Value normed = f.nodeOf(
                    "SimplifiedLayerNormalization",
                    "",
                    List.of(found.x(), found.weight()),
                    Attribute.of("axis", -1L),
                    Attribute.of("epsilon", (float) found.epsilon()),
                    Attribute.of("stash_type", 1L));
            pattern.replace(node, normed);
        });
        return match.isPresent();
    }

    private static Optional<Match> match(Pattern pattern, Node node) {
        for (Pair outer : pattern.pairs(node)) {
            for (Pair normed : normed(pattern, outer.second())) {
                Optional<Double> epsilon = epsilon(pattern, normed);
                if (epsilon.isPresent() && fits(pattern, normed.first(), outer.first())) {
                    return Optional.of(new Match(pattern.source(normed.first()), outer.first(), epsilon.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** What may be x and the mean square that it is divided by the root of. */
    private static List<Pair> normed(Pattern pattern, Value value) {
        Node quotient = pattern.producer(value, "Div");
        if (quotient != null) {
            Value root = insideRoot(pattern, quotient.input(1));
            Value x = quotient.input(0);
            return root == null || x == null ? List.of() : List.of(new Pair(x, root));
        }
        return pattern.pairs(pattern.producer(value, "Mul")).stream()
                .flatMap(pair -> Optional.ofNullable(insideRoot(pattern, inverted(pattern, pair.second())))
                        .map(root -> new Pair(pair.first(), root))
                        .stream())
                .toList();
    }

    /** What a value is one over, or null. */
    private static @Nullable Value inverted(Pattern pattern, Value value) {
        Node reciprocal = pattern.producer(value, "Reciprocal");
        if (reciprocal != null) {
            return reciprocal.input(0);
        }
        Node quotient = pattern.producer(value, "Div");
        if (quotient == null) {
            return null;
        }
        return pattern.constants().is(quotient.input(0), 1) ? quotient.input(1) : null;
    }

    private static @Nullable Value insideRoot(Pattern pattern, @Nullable Value value) {
        Node root = pattern.producer(value, "Sqrt");
        return root == null ? null : root.input(0);
    }

    private static Optional<Double> epsilon(Pattern pattern, Pair normed) {
        for (Pair sum : pattern.pairs(pattern.producer(normed.second(), "Add"))) {
            Optional<Double> epsilon = pattern.constants().single(sum.second());
            if (epsilon.isPresent() && isMeanSquare(pattern, sum.first(), normed.first())) {
                return epsilon;
            }
        }
        return Optional.empty();
    }

    private static boolean isMeanSquare(Pattern pattern, Value value, Value x) {
        Node mean = pattern.producer(value, "ReduceMean");
        return mean != null
                && mean.intAttribute("keepdims", 1) == 1
                && isLastAxis(pattern, mean, x)
                && isSquare(pattern, mean.input(0), x);
    }

    private static boolean isLastAxis(Pattern pattern, Node mean, Value x) {
        double[] axes = mean.intsAttribute("axes")
                .map(list -> list.stream().mapToDouble(Long::doubleValue).toArray())
                .or(() -> pattern.constants().all(mean.input(1)))
                .orElse(new double[0]);
        return axes.length == 1 && (axes[0] == -1 || axes[0] == pattern.rank(x) - 1);
    }

    private static boolean isSquare(Pattern pattern, @Nullable Value value, Value x) {
        Node product = pattern.producer(value, "Mul");
        if (product != null) {
            return pattern.same(product.input(0), x) && pattern.same(product.input(1), x);
        }
        Node power = pattern.producer(value, "Pow");
        return power != null
                && pattern.same(power.input(0), x)
                && pattern.constants().is(power.input(1), 2);
    }

    /** The operator takes a weight as long as the last axis; the products would broadcast others too. */
    private static boolean fits(Pattern pattern, Value x, Value weight) {
        return pattern.isSingle(x)
                && pattern.isSingle(weight)
                && pattern.rank(weight) == 1
                && pattern.dim(weight, 0) > 0
                && pattern.dim(weight, 0) == pattern.dim(x, -1);
    }
}
