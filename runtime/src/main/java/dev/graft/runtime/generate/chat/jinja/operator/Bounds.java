package dev.graft.runtime.generate.chat.jinja.operator;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.stream.IntStream;

/** {@code start:stop:step}, each a whole number or none. */
public record Bounds(Object start, Object stop, Object step) {
    boolean isValid() {
        return valid(start) && valid(stop) && valid(step);
    }

    private static boolean valid(Object bound) {
        return bound == None.NONE || Types.isInteger(bound);
    }

    /** The places in what is this long. */
    IntStream over(int length) {
        long distance = step == None.NONE ? 1 : Types.integer(step);
        if (distance == 0) {
            throw JinjaException.of("slice step cannot be zero");
        }
        long lowest = distance > 0 ? 0 : -1;
        long highest = distance > 0 ? length : length - 1L;
        long first = place(start, distance > 0 ? lowest : highest, length, lowest, highest);
        long last = place(stop, distance > 0 ? highest : lowest, length, lowest, highest);
        long size = Math.abs(distance);
        long span = distance > 0 ? last - first : first - last;
        long count = span <= 0 ? 0 : (span - 1) / (size < 0 ? Long.MAX_VALUE : size) + 1;
        return IntStream.range(0, (int) count).map(index -> (int) (first + index * distance));
    }

    private static long place(Object bound, long otherwise, int length, long lowest, long highest) {
        if (bound == None.NONE) {
            return otherwise;
        }
        long value = Types.integer(bound);
        return Math.max(lowest, Math.min(highest, value < 0 ? value + length : value));
    }
}
