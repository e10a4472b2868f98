package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.error.Limits;
import java.time.Clock;
import java.util.Collection;

/** One rendering: what it has used of its limits, which line it is at, what time it is. */
final class Run {
    private final Clock clock;
    private long steps;
    private int depth;
    private int line;

    Run(Clock clock) {
        this.clock = clock;
    }

    Clock clock() {
        return clock;
    }

    int line() {
        return line;
    }

    void at(int newLine) {
        line = newLine;
    }

    void step() {
        charge(1);
    }

    void charge(long count) {
        steps += count;
        if (steps > Limits.STEPS) {
            throw JinjaException.of("the template takes more than " + Limits.STEPS + " steps");
        }
    }

    /** Pays for so many characters, and refuses a text that is too long. */
    void chargeText(long length) {
        if (length > Limits.TEXT) {
            throw JinjaException.of("a text of more than " + Limits.TEXT + " characters");
        }
        charge(length / Limits.CHARACTERS_PER_STEP);
    }

    /** Pays for looking for a text in a text, which takes the product of their lengths at worst. */
    void chargeSearch(String text, String wanted) {
        charge((long) text.length() * wanted.length() / Limits.COMPARISONS_PER_STEP);
    }

    /** Pays for a list of so many items, and refuses one that is too long. */
    void chargeItems(long count) {
        if (count > Limits.ITEMS) {
            throw JinjaException.of("a list of more than " + Limits.ITEMS + " items");
        }
        charge(count);
    }

    /** Pays for reading a value: a text by its characters, a list by its items. */
    void chargeValue(Object value) {
        if (value instanceof String text) {
            chargeText(text.length());
        } else if (value instanceof Collection<?> items) {
            charge(items.size());
        }
    }

    void enter() {
        step();
        if (++depth > Limits.RECURSION) {
            throw JinjaException.of("the template goes more than " + Limits.RECURSION + " calls and expressions deep");
        }
    }

    void leave() {
        depth--;
    }
}
