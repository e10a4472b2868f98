package dev.graft.training.autodiff.rules;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The gradient of any operator that only moves elements: the operator itself, applied to the positions of the input's elements, says
 * where each element of the output came from, and there its gradient is added. Costs an int64 for each element, so it is for
 * operators and attributes that have no cheaper way.
 */
final class PositionGradient {
    private static final long SCATTER_ADDS = 16;

    private final NodeGradient g;

    PositionGradient(NodeGradient g) {
        this.g = g;
    }

    /**
     * The gradient of input 0.
     *
     * @param operator applies the node's operator to another tensor of the input's shape
     */
    Value scattered(UnaryOperator<Value> operator) {
        requireAdding(g);
        return at(operator, Attribute.of("reduction", "add"));
    }

    /** The same of an operator that reads no element twice. */
    Value placed(UnaryOperator<Value> operator) {
        return at(operator);
    }

    private Value at(UnaryOperator<Value> operator, Attribute... reduction) {
        Value shape = g.shapeOf(g.in(0));
        Value size = g.node("Size", g.in(0));
        Value count = g.node("Range", g.index(0), size, g.index(1));
        Value positions = g.reshape(operator.apply(g.reshape(count, shape)), g.ints(-1));
        Value zeros = g.zeros(g.dtype(g.in(0)), g.reshape(size, g.ints(1)));
        Value flat = g.reshape(g.dy(), g.ints(-1));
        return g.reshape(g.node("ScatterElements", List.of(zeros, positions, flat), reduction), shape);
    }

    /** Refuses where the operator set has no sum into places. */
    static void requireAdding(NodeGradient g) {
        if (g.opset() < SCATTER_ADDS) {
            throw g.refuse("it may read an element more than once, which takes operator set " + SCATTER_ADDS
                    + ", the model has " + g.opset());
        }
    }
}
