package dev.graft.runtime.generate.chat.jinja.limit;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;

/** A text as it grows, paid for, up to the limit. */
public final class Sink {
    private final Run run;
    private final StringBuilder text = new StringBuilder();
    private long unpaid;

    /** An empty text. */
    public Sink(Run run) {
        this.run = run;
    }

    /** Appends a text. */
    public Sink add(String more) {
        if ((long) text.length() + more.length() > Limits.TEXT) {
            throw JinjaException.of("a text of more than " + Limits.TEXT + " characters");
        }
        text.append(more);
        unpaid += more.length() + Limits.CHARACTERS_PER_PIECE;
        if (unpaid >= Limits.CHARACTERS_PER_STEP) {
            run.charge(unpaid / Limits.CHARACTERS_PER_STEP);
            unpaid %= Limits.CHARACTERS_PER_STEP;
        }
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
