package dev.graft.runtime.generate.chat.jinja.limit;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.time.Clock;

/** One rendering: what it has used of its limits, which line it is at, what time it is. */
public final class Run {
    private final Clock clock;
    private long steps;
    private int depth;
    private int line;

    /** A rendering that has used nothing yet. */
    public Run(Clock clock) {
        this.clock = clock;
    }

    /** What tells the time. */
    public Clock clock() {
        return clock;
    }

    /** The line of the template it is at, from 1; 0 before the first. */
    public int line() {
        return line;
    }

    /** It has come to a line. */
    public void at(int newLine) {
        line = newLine;
    }

    /** What it has taken so far. */
    public long steps() {
        return steps;
    }

    /** Pays for one step. */
    public void step() {
        charge(1);
    }

    /** Pays for so many steps. */
    public void charge(long count) {
        steps += count;
        if (steps > Limits.STEPS) {
            throw JinjaException.of("the template takes more than " + Limits.STEPS + " steps");
        }
    }

    /** Pays for so many characters, and refuses a text that is too long. */
    public void chargeText(long length) {
        if (length > Limits.TEXT) {
            throw JinjaException.of("a text of more than " + Limits.TEXT + " characters");
        }
        charge(length / Limits.CHARACTERS_PER_STEP);
    }

    /** Pays for looking at each character of a text. */
    public void chargeExamined(String text) {
        charge(text.length() / Limits.EXAMINED_PER_STEP);
    }

    /** Pays for a list of so many items, and refuses one that is too long. */
    public void chargeItems(long count) {
        if (count > Limits.ITEMS) {
            throw JinjaException.of("a list of more than " + Limits.ITEMS + " items");
        }
        charge(count);
    }

    /** Pays for reading a value if it is a text, by its characters; items are paid for when they are read. */
    public void chargeValue(Object value) {
        if (value instanceof String text) {
            chargeText(text.length());
        }
    }

    /** Goes a call or an expression deeper, which is a step. */
    public void enter() {
        step();
        if (++depth > Limits.RECURSION) {
            throw JinjaException.of("the template goes more than " + Limits.RECURSION + " calls and expressions deep");
        }
    }

    /** Comes back from it. */
    public void leave() {
        depth--;
    }
}
