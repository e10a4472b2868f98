package dev.graft.runtime.generate.chat.jinja.operator;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Types;

/** {@code start:stop:step}, each a whole number or none. */
public record Bounds(Object start, Object stop, Object step) {
    boolean isValid() {
        return valid(start) && valid(stop) && valid(step);
    }

    private static boolean valid(Object bound) {
        return bound == None.NONE || Types.isInteger(bound);
    }

    /** Places at equal distances; the distance is only of use where there are two of them. */
    record Places(int first, long distance, int count) {
        int at(int index) {
            return (int) (first + index * distance);
        }
    }

    /** The places in what is this long. */
    Places over(int length) {
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
        return new Places((int) first, distance, (int) count);
    }

    private static long place(Object bound, long otherwise, int length, long lowest, long highest) {
        if (bound == None.NONE) {
            return otherwise;
        }
        long value = Types.integer(bound);
        return Math.max(lowest, Math.min(highest, value < 0 ? value + length : value));
    }
}
