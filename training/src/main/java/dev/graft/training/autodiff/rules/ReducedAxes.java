package dev.graft.training.autodiff.rules;

import dev.graft.training.autodiff.NodeGradient;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * The axes that a node reduces, from the start and in order.
 *
 * @param axes none if it reduces nothing
 */
record ReducedAxes(long[] axes) {
    /** Of a node that reduces; empty where they are known only at run time. */
    static Optional<ReducedAxes> of(NodeGradient g) {
        Optional<List<Long>> attribute = g.node().intsAttribute("axes");
        if (attribute.isEmpty() && g.has(1) && !g.isKnown(g.in(1))) {
            return Optional.empty();
        }
        long[] axes = new long[0];
        if (attribute.isPresent()) {
            axes = attribute.get().stream().mapToLong(Long::longValue).toArray();
        } else if (g.has(1)) {
            axes = g.longs(g.in(1));
        }
        boolean all = axes.length == 0 && g.node().intAttribute("noop_with_empty_axes", 0) == 0;
        return Optional.of(new ReducedAxes(
                all
                        ? LongStream.range(0, g.rank(g.in(0))).toArray()
                        : Arrays.stream(axes)
                                .map(axis -> g.axis(g.in(0), axis))
                                .sorted()
                                .toArray()));
    }

    /** How many elements go into one, if it does not depend on the run. */
    OptionalDouble fixedCount(NodeGradient g) {
        double count = 1;
        for (long axis : axes) {
            OptionalLong length = g.dim(g.in(0), (int) axis);
            if (length.isEmpty()) {
                return OptionalDouble.empty();
            }
            count *= length.getAsLong();
        }
        return OptionalDouble.of(count);
    }
}
