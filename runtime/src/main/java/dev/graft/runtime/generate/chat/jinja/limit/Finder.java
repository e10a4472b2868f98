package dev.graft.runtime.generate.chat.jinja.limit;

/**
 * Where a text is within a text, each comparison of two characters paid for: a stranger's texts can take the product of their lengths, those of a conversation take no
 * more than the sum.
 */
public final class Finder {
    /** Comparisons that a place costs at which only the beginning is right. */
    private static final long BEGINNING = 8;

    private final Run run;
    private final String text;
    private final String wanted;
    private final int last;
    private long unpaid;

    /** Looks in the first text for the second. */
    public Finder(Run run, String text, String wanted) {
        this.run = run;
        this.text = text;
        this.wanted = wanted;
        this.last = text.length() - wanted.length();
    }

    /** The first place from there on, or -1. */
    public int next(int from) {
        if (wanted.isEmpty()) {
            return from <= text.length() ? from : -1;
        }
        int at = text.indexOf(wanted.charAt(0), from);
        while (at >= 0 && at <= last && !isAt(at)) {
            at = text.indexOf(wanted.charAt(0), at + 1);
        }
        return at <= last ? at : -1;
    }

    /** The last place up to there, or -1. */
    public int previous(int from) {
        if (wanted.isEmpty()) {
            return Math.min(from, text.length());
        }
        int at = text.lastIndexOf(wanted.charAt(0), Math.min(from, last));
        while (at >= 0 && !isAt(at)) {
            at = text.lastIndexOf(wanted.charAt(0), at - 1);
        }
        return at;
    }

    private boolean isAt(int at) {
        int same = 1;
        while (same < wanted.length() && text.charAt(at + same) == wanted.charAt(same)) {
            same++;
        }
        unpaid += same + BEGINNING;
        run.charge(unpaid / Limits.COMPARISONS_PER_STEP);
        unpaid %= Limits.COMPARISONS_PER_STEP;
        return same == wanted.length();
    }
}
