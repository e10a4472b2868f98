package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Putting parts together, taking them out, and masks that cut. */
final class PartRules {
    private static final long PADS_AXES = 18;

    static final List<Entry> ENTRIES = List.of(
            rule("Concat", 4, PartRules::concat),
            rule("Split", 2, PartRules::split),
            rule("Slice", 11, g -> g.give(0, () -> new SliceGradient(g).gradient())),
            rule("Pad", 11, PartRules::pad),
            rule("Trilu", 14, PartRules::trilu),
            rule("CumSum", 11, PartRules::cumulative));

    private PartRules() {}

    /** The gradient in parts as long as the inputs; where one part alone is wanted, the others are not copied. */
    private static void concat(NodeGradient g) {
        int count = g.node().inputs().size();
        int axis = g.axis(g.out(), g.node().intAttribute("axis", 0));
        long wanted = IntStream.range(0, count).filter(g::wants).count();
        if (wanted < count) {
            for (int i = 0; i < count; i++) {
                int index = i;
                g.give(i, () -> part(g, axis, index));
            }
            return;
        }
        List<Value> lengths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lengths.add(g.length(g.in(i), axis));
        }
        Value all = count == 1 ? lengths.get(0) : g.builder().concat(0, lengths);
        List<Value> parts = g.split(g.dy(), axis, all, count);
        for (int i = 0; i < count; i++) {
            Value part = parts.get(i);
            g.give(i, () -> part);
        }
    }

    private static Value part(NodeGradient g, int axis, int index) {
        Value start = g.ints(0);
        for (int before = 0; before < index; before++) {
            start = g.add(start, g.length(g.in(before), axis));
        }
        return g.slice(g.dy(), start, g.add(start, g.length(g.in(index), axis)), g.ints(axis));
    }

    /** The gradients of the parts one behind the other; zeros for parts that have none. */
    private static void split(NodeGradient g) {
        g.give(0, () -> {
            List<Value> parts = new ArrayList<>();
            for (int i = 0; i < g.node().outputs().size(); i++) {
                parts.add(g.hasDy(i) ? g.dy(i) : g.zeros(g.dtype(g.out(i)), g.shapeOf(g.out(i))));
            }
            return g.builder().concat(g.axis(g.in(0), g.node().intAttribute("axis", 0)), parts);
        });
    }

    /** What was padded is cut off again; in the other modes elements stand in the padding too. */
    private static void pad(NodeGradient g) {
        String mode = g.node().stringAttribute("mode", "constant");
        if (!mode.equals("constant")) {
            g.give(
                    0,
                    () -> new PositionGradient(g)
                            .scattered(positions ->
                                    g.node("Pad", inputs(g, positions, null), Attribute.of("mode", mode))));
            return;
        }
        Value cut = g.node("Pad", inputs(g, g.dy(), g.node("Neg", g.in(1))));
        g.give(0, () -> cut);
        g.give(2, () -> g.sub(whole(g, g.dy()), whole(g, cut)));
    }

    private static List<Value> inputs(NodeGradient g, Value data, @org.jspecify.annotations.Nullable Value pads) {
        List<Value> inputs = new ArrayList<>(List.of(data, pads == null ? g.in(1) : pads));
        if (g.opset() >= PADS_AXES && g.has(3)) {
            inputs.add(pads == null ? g.index(0) : g.constant(0));
            inputs.add(g.in(3));
        }
        return inputs;
    }

    private static Value whole(NodeGradient g, Value value) {
        return g.sum(
                value, false, IntStream.range(0, g.rank(g.out())).asLongStream().toArray());
    }

    private static void trilu(NodeGradient g) {
        Attribute upper = Attribute.of("upper", g.node().intAttribute("upper", 1));
        g.give(0, () -> g.node("Trilu", g.has(1) ? List.of(g.dy(), g.in(1)) : List.of(g.dy()), upper));
    }

    /** A sum from the other end. */
    private static void cumulative(NodeGradient g) {
        g.give(
                0,
                () -> g.node(
                        "CumSum",
                        List.of(g.dy(), g.in(1)),
                        Attribute.of("exclusive", g.node().intAttribute("exclusive", 0)),
                        Attribute.of("reverse", 1 - g.node().intAttribute("reverse", 0))));
    }
}
