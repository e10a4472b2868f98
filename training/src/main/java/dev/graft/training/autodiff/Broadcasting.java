package dev.graft.training.autodiff;

import dev.graft.compiler.ir.Value;
import dev.graft.compiler.scan.ValueIndex.Dim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The way back through numpy's broadcasting: a gradient of the output's shape is summed along the axes in which the input had length
 * 1 or no axis at all. Where types say which those are they are written down; elsewhere the graph finds them out at each run.
 */
final class Broadcasting {
    private static final long DYNAMIC_AXES = 13;
    private static final Dim ONE = new Dim.Fixed(1);

    private final NodeGradient g;

    Broadcasting(NodeGradient g) {
        this.g = g;
    }

    /** Whether an axis of an input was stretched. */
    private enum Stretch {
        NO,
        YES,
        UNKNOWN
    }

    /**
     * Sums a gradient of the output's shape to the shape of an input.
     *
     * @param others what the input was broadcast with
     * @param matched how many axes at the end were not broadcast
     */
    Value toInput(Value gradient, Value input, List<Value> others, int matched) {
        if (g.type(g.out()).rank() < 0 || g.type(input).rank() < 0) {
            return sumAtRunTime(input, gradient, missingAtRunTime(input, gradient));
        }
        int outputRank = g.rank(g.out());
        int missing = outputRank - g.rank(input);
        List<Long> dropped = new ArrayList<>();
        List<Long> stretched = new ArrayList<>();
        for (int axis = 0; axis < outputRank - matched; axis++) {
            if (axis < missing) {
                dropped.add((long) axis);
                continue;
            }
            Stretch stretch = stretch(input, others, outputRank - axis);
            if (stretch == Stretch.UNKNOWN) {
                long[] ones = new long[missing];
                Arrays.fill(ones, 1);
                return sumAtRunTime(input, gradient, missing == 0 ? Optional.empty() : Optional.of(g.ints(ones)));
            }
            if (stretch == Stretch.YES) {
                stretched.add((long) axis);
            }
        }
        if (stretched.isEmpty()) {
            return dropped.isEmpty() ? gradient : g.sum(gradient, false, array(dropped));
        }
        stretched.addAll(0, dropped);
        Value kept = g.sum(gradient, true, array(stretched));
        return dropped.isEmpty() ? kept : g.squeeze(kept, array(dropped));
    }

    /** @param fromEnd the axis, counted from the end: 1 is the last */
    private Stretch stretch(Value input, List<Value> others, int fromEnd) {
        Dim own = dim(input, fromEnd).orElseThrow();
        Optional<Dim> output = dim(g.out(), fromEnd);
        boolean named = own instanceof Dim.Fixed
                || own instanceof Dim.Symbolic symbol && !symbol.symbol().isEmpty();
        boolean same = named && output.equals(Optional.of(own));
        boolean longer = own instanceof Dim.Fixed fixed && fixed.length() != 1;
        if (longer || same || others.stream().allMatch(other -> isOne(other, fromEnd))) {
            return Stretch.NO;
        }
        // where the output turns out to have length 1 as well, summing one element changes nothing
        return own.equals(ONE) ? Stretch.YES : Stretch.UNKNOWN;
    }

    private boolean isOne(Value other, int fromEnd) {
        Optional<Dim> dim = dim(other, fromEnd);
        return dim.isEmpty() || dim.get().equals(ONE);
    }

    /** Empty where the value has no such axis. */
    private Optional<Dim> dim(Value value, int fromEnd) {
        int axis = g.rank(value) - fromEnd;
        return axis < 0
                ? Optional.empty()
                : Optional.of(g.type(value).dims().orElseThrow().get(axis));
    }

    /** As many ones as the output has axes more than the input. */
    private Optional<Value> missingAtRunTime(Value input, Value gradient) {
        Value count = g.sub(g.shape(g.shape(gradient)), g.shape(g.shape(input)));
        return Optional.of(g.node("Expand", g.ints(1), count));
    }

    /** Sums along the axes in which the shapes differ, then takes the missing axes away. */
    private Value sumAtRunTime(Value input, Value gradient, Optional<Value> ones) {
        if (g.opset() < DYNAMIC_AXES) {
            throw g.refuse("its broadcasting is known only at run time, which takes operator set " + DYNAMIC_AXES
                    + ", the model has " + g.opset());
        }
        Value shape = g.shape(input);
        Value padded = ones.map(before -> g.builder().concat(0, List.of(before, shape)))
                .orElse(shape);
        Value differs = g.node("Not", g.node("Equal", padded, g.shape(gradient)));
        Value axes = g.reshape(g.node("NonZero", differs), g.ints(-1));
        return g.reshape(g.sumAlong(gradient, axes), shape);
    }

    private static long[] array(List<Long> axes) {
        return axes.stream().mapToLong(Long::longValue).toArray();
    }
}
