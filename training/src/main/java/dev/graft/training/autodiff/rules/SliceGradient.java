package dev.graft.training.autodiff.rules;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.NodeGradient;
import java.util.Arrays;
import java.util.OptionalLong;

/** The gradient of Slice: zeros of the input's shape with the gradient in the place of the part that was taken. */
final class SliceGradient {
    private final NodeGradient g;

    SliceGradient(NodeGradient g) {
        this.g = g;
    }

    Value gradient() {
        if (!hasUnitSteps()) {
            throw g.refuse("its steps are not 1");
        }
        Value x = g.in(0);
        int rank = g.rank(x);
        Value starts = g.in(1);
        if (!g.isKnown(starts) || g.has(3) && !g.isKnown(g.in(3))) {
            throw g.refuse("its starts or axes are known only at run time");
        }
        long[] from = g.longs(starts);
        long[] axes = g.has(3)
                ? g.longs(g.in(3))
                : java.util.stream.LongStream.range(0, from.length).toArray();
        Value before = null;
        long[] front = new long[rank];
        boolean fixed = true;
        long[] back = new long[rank];
        for (int i = 0; i < axes.length; i++) {
            int axis = g.axis(x, axes[i]);
            OptionalLong length = g.dim(x, axis);
            OptionalLong taken = g.dim(g.out(), axis);
            if (length.isEmpty() || taken.isEmpty()) {
                fixed = false;
                break;
            }
            front[axis] =
                    Math.min(from[i] < 0 ? Math.max(0, from[i] + length.getAsLong()) : from[i], length.getAsLong());
            back[axis] = length.getAsLong() - taken.getAsLong() - front[axis];
        }
        Value pads = fixed ? g.ints(concat(front, back)) : padsAtRunTime(rank, from, axes);
        return g.node("Pad", g.dy(), pads);
    }

    private boolean hasUnitSteps() {
        return !g.has(4)
                || g.isKnown(g.in(4)) && Arrays.stream(g.longs(g.in(4))).allMatch(step -> step == 1);
    }

    /** {@code front = min(start, length)}, counted from the end where negative; {@code back = length - taken - front}. */
    private Value padsAtRunTime(int rank, long[] from, long[] axes) {
        Value length = g.shape(g.in(0));
        Value taken = g.shape(g.out());
        long[] start = new long[rank];
        long[] fromEnd = new long[rank];
        for (int i = 0; i < axes.length; i++) {
            int axis = g.axis(g.in(0), axes[i]);
            start[axis] = from[i];
            fromEnd[axis] = from[i] < 0 ? 1 : 0;
        }
        Value absolute = g.add(g.ints(start), g.mul(length, g.ints(fromEnd)));
        Value front = g.node("Min", g.node("Max", absolute, g.ints(0)), length);
        Value back = g.sub(g.sub(length, taken), front);
        return g.builder().concat(0, java.util.List.of(front, back));
    }

    private static long[] concat(long[] one, long[] other) {
        long[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
