package dev.graft.training.types;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Shapes of operators that take axes away, or leave them at length 1. */
final class ReductionShapes {
    static final List<Rule> RULES = rules();

    private ReductionShapes() {}

    private static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        Stream.of("L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare".split(" "))
                .forEach(name -> rules.add(new Rule("Reduce" + name, ReductionShapes::reduce)));
        rules.add(new Rule("ArgMax", n -> reduceTo(n, n.number("axis", 0))));
        rules.add(new Rule("ArgMin", n -> reduceTo(n, n.number("axis", 0))));
        return List.copyOf(rules);
    }

    private static void reduce(NodeFacts n) {
        long[] axes = n.numbers(1, "axes").orElse(new long[0]);
        boolean all = axes.length == 0 && n.number("noop_with_empty_axes", 0) == 0;
        reduceTo(n, all ? LongStream.range(0, n.dims(0).size()).toArray() : axes);
    }

    private static void reduceTo(NodeFacts n, long... axes) {
        List<Length> x = n.dims(0);
        boolean keep = n.number("keepdims", 1) != 0;
        boolean[] reduced = new boolean[x.size()];
        for (long axis : axes) {
            reduced[NodeFacts.axis(axis, x.size())] = true;
        }
        List<Length> dims = new ArrayList<>();
        for (int axis = 0; axis < reduced.length; axis++) {
            if (!reduced[axis]) {
                dims.add(x.get(axis));
            } else if (keep) {
                dims.add(Length.ONE);
            }
        }
        n.give(0, dims);
    }
}
