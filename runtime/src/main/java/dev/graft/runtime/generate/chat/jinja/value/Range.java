package dev.graft.runtime.generate.chat.jinja.value;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import java.util.AbstractList;

/** Numbers at equal distances, which take no memory. */
public final class Range extends AbstractList<Object> {
    private final long start;
    private final long stop;
    private final long step;
    private final int size;

    /** From the first to before the last, so many apart; an error if these are too many. */
    public Range(long start, long stop, long step) {
        this.start = start;
        this.stop = stop;
        this.step = step;
        this.size = size(start, stop, step);
    }

    private static int size(long start, long stop, long step) {
        if (step == 0) {
            throw JinjaException.of("range() arg 3 must not be zero");
        }
        double count = Math.ceil(((double) stop - (double) start) / (double) step);
        if (count > Limits.ITEMS) {
            throw JinjaException.of("a range of more than " + Limits.ITEMS + " items");
        }
        return (int) Math.max(0, count);
    }

    @Override
    public Object get(int index) {
        return start + index * step;
    }

    @Override
    public int size() {
        return size;
    }

    /** How it is written. */
    public String described() {
        return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
    }
}
