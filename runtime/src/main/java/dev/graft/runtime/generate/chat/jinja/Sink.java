package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.error.Limits;

/** A text as it grows, paid for, up to the limit. */
final class Sink {
    private final Run run;
    private final StringBuilder text = new StringBuilder();
    private long unpaid;

    Sink(Run run) {
        this.run = run;
    }

    Sink add(String more) {
        if ((long) text.length() + more.length() > Limits.TEXT) {
            throw JinjaException.of("a text of more than " + Limits.TEXT + " characters");
        }
        text.append(more);
        unpaid += more.length();
        run.charge(unpaid / Limits.CHARACTERS_PER_STEP);
        unpaid %= Limits.CHARACTERS_PER_STEP;
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
