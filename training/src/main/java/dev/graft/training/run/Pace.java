package dev.graft.training.run;

import dev.graft.training.run.report.RunClock;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** How fast a run goes: in this process since it began, and since the last log line. */
final class Pace {
    private static final double NANOS = 1e9;

    private final LongSupplier nanoTime;
    private final double secondsBefore;
    private final long firstStep;
    private final long begin;
    private long markTime;
    private long markTokens;
    private OptionalLong past = OptionalLong.empty();

    /**
     * Begins to count.
     *
     * @param secondsBefore how long earlier processes have run
     * @param firstStep how many updates they have done
     * @param tokens how many tokens they have seen
     */
    Pace(LongSupplier nanoTime, double secondsBefore, long firstStep, long tokens) {
        this.nanoTime = nanoTime;
        this.secondsBefore = secondsBefore;
        this.firstStep = firstStep;
        this.begin = nanoTime.getAsLong();
        this.markTime = begin;
        this.markTokens = tokens;
    }

    /** The time in nanoseconds. */
    long now() {
        return past.orElseGet(nanoTime);
    }

    /** Lets it be a time that has passed, for telling of an update of several that came back together when it will have been done. */
    void setTo(long nanos) {
        past = OptionalLong.of(nanos);
    }

    /** Lets the time be what it is. */
    void goOn() {
        past = OptionalLong.empty();
    }

    /** Seconds over all processes. */
    double elapsed() {
        return secondsBefore + here();
    }

    RunClock clock(long step, long total) {
        long done = step - firstStep;
        double perStep = done == 0 ? 0 : here() / done;
        return new RunClock(elapsed(), perStep * (total - step));
    }

    /** Tokens a second since the last mark. */
    double tokensPerSecond(long tokens) {
        long nanos = now() - markTime;
        return nanos <= 0 ? 0 : (tokens - markTokens) * NANOS / nanos;
    }

    /** Begins to count tokens a second anew. */
    void mark(long tokens) {
        markTime = now();
        markTokens = tokens;
    }

    private double here() {
        return (now() - begin) / NANOS;
    }
}
