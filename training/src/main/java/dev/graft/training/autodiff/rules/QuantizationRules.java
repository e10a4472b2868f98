package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Dequantisation of frozen integers: {@code y = (x - zero point) · scale}, so that the scale alone can have a gradient. */
final class QuantizationRules {
    static final List<Entry> ENTRIES = List.of(rule("DequantizeLinear", 10, QuantizationRules::scale));

    private QuantizationRules() {}

    private static void scale(NodeGradient g) {
        g.give(1, () -> {
            if (g.node().intAttribute("block_size", 0) != 0) {
                throw g.refuse("its scale is per block");
            }
            Value one = g.filled(g.dtype(g.in(1)), g.shapeOf(g.in(1)), 1);
            List<Value> inputs = new ArrayList<>(List.of(g.in(0), one));
            if (g.has(2)) {
                inputs.add(g.in(2));
            }
            Value steps = g.node("DequantizeLinear", inputs, g.attributes("axis"));
            return g.sum(g.mul(g.dy(), steps), false, others(g));
        });
    }

    /** All axes but the one that the scale has. */
    private static long[] others(NodeGradient g) {
        int axis = g.rank(g.in(1)) == 0 ? -1 : g.axis(g.in(0), g.node().intAttribute("axis", 1));
        return LongStream.range(0, g.rank(g.in(0)))
                .filter(other -> other != axis)
                .toArray();
    }
}
