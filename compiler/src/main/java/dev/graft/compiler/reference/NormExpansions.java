package dev.graft.compiler.reference;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Normalisations in double precision. */
final class NormExpansions {
    private static final float DEFAULT_EPSILON = 1e-5f;
    private static final float SKIP_EPSILON = 1e-12f;

    private NormExpansions() {}

    /** {@code x / √(mean(x²) + ε) · scale} over the axes from {@code axis} on; none where its rank is not known and needed. */
    static List<Optional<Value>> rootMeanSquare(Formulas f, Node node) {
        Value x = f.input(node, 0);
        long axis = node.intAttribute("axis", -1);
        long rank = x.type().map(ValueType::rank).orElse(-1);
        if (axis >= 0 && rank < 0) {
            return List.of(Optional.empty());
        }
        long[] axes = LongStream.range(axis < 0 ? axis : axis - rank, 0).toArray();
        float epsilon = node.floatAttribute("epsilon", DEFAULT_EPSILON);
        return List.of(Optional.of(scaled(f, x, f.input(node, 1), epsilon, axes)));
    }

    /** The same of {@code input + skip (+ bias)}; that sum is output 3. */
    static List<Optional<Value>> skipRootMeanSquare(Formulas f, Node node) {
        Value sum = f.plus(f.add(f.input(node, 0), f.input(node, 1)), node.input(3));
        Value normed = scaled(f, sum, f.input(node, 2), node.floatAttribute("epsilon", SKIP_EPSILON), -1);
        return withSum(normed, sum);
    }

    /** {@code (x - mean) / √(variance + ε) · gamma + beta} of {@code input + skip (+ bias)}; that sum is output 3. */
    static List<Optional<Value>> skipLayer(Formulas f, Node node) {
        Value sum = f.plus(f.add(f.input(node, 0), f.input(node, 1)), node.input(4));
        GraphBuilder g = f.builder();
        Value centred = g.sub(sum, f.mean(sum, -1));
        double epsilon = node.floatAttribute("epsilon", SKIP_EPSILON);
        Value normed = scaled(f, centred, f.input(node, 2), epsilon, -1);
        return withSum(f.plus(normed, node.input(3)), sum);
    }

    private static Value scaled(Formulas f, Value x, Value scale, double epsilon, long... axes) {
        GraphBuilder g = f.builder();
        Value size = g.node("Sqrt", g.add(f.mean(g.mul(x, x), axes), f.constant(epsilon)));
        return g.mul(g.div(x, size), scale);
    }

    private static List<Optional<Value>> withSum(Value normed, Value sum) {
        return List.of(Optional.of(normed), Optional.empty(), Optional.empty(), Optional.of(sum));
    }
}
