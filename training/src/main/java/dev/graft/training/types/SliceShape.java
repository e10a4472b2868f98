package dev.graft.training.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The shape of Slice: along each axis {@code max(0, ceil((end - start) / step))} elements, start and end first brought into the input. */
final class SliceShape {
    /** What exporters write for "to the end" where they think in 32 bits; no dimension is as long. */
    private static final long END = Integer.MAX_VALUE;

    private SliceShape() {}

    static void infer(NodeFacts n) {
        List<Length> x = n.dims(0);
        KnownIntegers starts = bounds(n, 1, "starts");
        KnownIntegers ends = bounds(n, 2, "ends");
        long[] axes = n.numbers(3, "axes")
                .orElseGet(() -> LongStream.range(0, starts.size()).toArray());
        if (axes.length != starts.size() || axes.length != ends.size()) {
            throw new NotKnown();
        }
        Optional<KnownIntegers> steps = n.has(4) ? Optional.of(n.integers(4)) : Optional.empty();
        List<Length> dims = new ArrayList<>(x);
        for (int i = 0; i < axes.length; i++) {
            int at = i;
            int axis = NodeFacts.axis(axes[i], x.size());
            dims.set(axis, n.lengthOrFresh(() -> {
                long step = steps.isPresent() ? steps.get().numberAt(at) : 1;
                return taken(x.get(axis), starts.elementOrNull(at), ends.elementOrNull(at), step);
            }));
        }
        n.give(0, dims);
    }

    private static KnownIntegers bounds(NodeFacts n, int input, String attribute) {
        return n.node()
                .intsAttribute(attribute)
                .map(list -> KnownIntegers.of(1, list.size(), i -> Length.of(list.get(i))))
                .orElseGet(() -> n.integers(input));
    }

    private static Length taken(Length whole, @Nullable Length start, @Nullable Length end, long step) {
        if (start == null || end == null || step == 0 || step == Long.MIN_VALUE) {
            throw new NotKnown();
        }
        if (step < 0) {
            return backwards(whole, start, end, step);
        }
        // a start behind the end needs no bringing in: the difference is below zero then
        Length from = fromStart(whole, start);
        Length behind = isEnd(end) ? whole : fromStart(whole, end);
        Length to = end.isNotNegative() ? LengthFormulas.min(behind, whole) : behind;
        Length span = LengthFormulas.max(Length.ZERO, to.minus(from));
        return step == 1 ? span : LengthFormulas.quotient(span.plus(Length.of(step - 1)), Length.of(step));
    }

    /** Counting down is known of lengths that are fixed, and of a whole axis turned round. */
    private static Length backwards(Length whole, Length start, Length end, long step) {
        long first = start.number().orElseThrow(NotKnown::new);
        long last = end.number().orElseThrow(NotKnown::new);
        if (whole.number().isPresent()) {
            long length = whole.number().getAsLong();
            if (length == 0) {
                return Length.ZERO;
            }
            long from = Math.max(0, Math.min(length - 1, first < 0 ? first + length : first));
            long to = Math.max(-1, Math.min(length - 1, last < 0 ? last + length : last));
            return Length.of(Math.max(0, -Math.floorDiv(to - from, -step)));
        }
        if (step == -1 && (first == -1 || first >= END) && last <= -END) {
            return whole;
        }
        throw new NotKnown();
    }

    private static boolean isEnd(Length end) {
        return end.number().orElse(0) >= END;
    }

    /** A place that may be counted from the end, counted from the start. */
    private static Length fromStart(Length whole, Length place) {
        if (place.isNotNegative()) {
            return place;
        }
        if (place.number().isEmpty()) {
            throw new NotKnown();
        }
        return LengthFormulas.max(Length.ZERO, whole.plus(place));
    }
}
