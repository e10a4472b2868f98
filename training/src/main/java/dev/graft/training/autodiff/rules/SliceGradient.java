package dev.graft.training.autodiff.rules;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.NodeGradient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * The gradient of Slice: zeros of the input's shape with the gradient in the place of the part that was taken. Where steps are 1 and
 * the starts are known, which is nearly always, that is a Pad.
 */
final class SliceGradient {
    private static final long EXTREMES_OF_INTEGERS = 12;

    private final NodeGradient g;

    SliceGradient(NodeGradient g) {
        this.g = g;
    }

    Value gradient() {
        boolean known = g.isKnown(g.in(1)) && (!g.has(3) || g.isKnown(g.in(3)));
        return known && hasUnitSteps() ? padded() : new PositionGradient(g).placed(this::sliced);
    }

    /** The same part of another tensor. */
    private Value sliced(Value data) {
        List<Value> inputs = new ArrayList<>(List.of(data, g.in(1), g.in(2)));
        if (g.has(3)) {
            inputs.add(g.in(3));
        } else if (g.has(4)) {
            long count = g.dim(g.in(1), 0).orElseThrow(() -> g.refuse("it has steps and no axes"));
            inputs.add(g.ints(LongStream.range(0, count).toArray()));
        }
        if (g.has(4)) {
            inputs.add(g.in(4));
        }
        return g.node("Slice", inputs);
    }

    private boolean hasUnitSteps() {
        return !g.has(4)
                || g.isKnown(g.in(4)) && Arrays.stream(g.longs(g.in(4))).allMatch(step -> step == 1);
    }

    private Value padded() {
        int rank = g.rank(g.in(0));
        long[] starts = g.longs(g.in(1));
        long[] axes =
                g.has(3) ? g.longs(g.in(3)) : LongStream.range(0, starts.length).toArray();
        long[] pads = new long[2 * rank];
        for (int i = 0; i < axes.length; i++) {
            int axis = g.axis(g.in(0), axes[i]);
            OptionalLong length = g.dim(g.in(0), axis);
            OptionalLong taken = g.dim(g.out(), axis);
            if (length.isEmpty() || taken.isEmpty()) {
                return g.opset() < EXTREMES_OF_INTEGERS
                        ? new PositionGradient(g).placed(this::sliced)
                        : g.node("Pad", g.dy(), padsAtRunTime(rank, starts, axes));
            }
            long fromStart = starts[i] < 0 ? Math.max(0, starts[i] + length.getAsLong()) : starts[i];
            pads[axis] = Math.min(fromStart, length.getAsLong());
            pads[rank + axis] = length.getAsLong() - taken.getAsLong() - pads[axis];
        }
        return g.node("Pad", g.dy(), g.ints(pads));
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
        return g.builder().concat(0, List.of(front, back));
    }
}
