package dev.graft.cli.command;

import dev.graft.io.Progress;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** Progress for logs: a line when work begins and then one for each ten percent, at most one every two seconds. */
final class PlainProgress implements Progress {
    private static final int STEP_PERCENT = 10;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PrintStream messages;
    private String task = "";
    private long total;
    private long done;
    private long nextPercent = STEP_PERCENT;
    private long lastLine;

    PlainProgress(PrintStream messages) {
        this.messages = messages;
    }

    @Override
    public synchronized void begin(String words, long size) {
        task = words;
        total = size;
        done = 0;
        nextPercent = STEP_PERCENT;
        lastLine = System.nanoTime();
        messages.println(task + " ...");
    }

    @Override
    public synchronized void advance(long amount) {
        done += amount;
        long percent = total <= 0 ? 0 : (long) (100.0 * done / total);
        long now = System.nanoTime();
        if (percent >= nextPercent && percent < 100 && now - lastLine >= PAUSE_NANOS) {
            messages.println(task + " " + percent + " %");
            nextPercent = percent - percent % STEP_PERCENT + STEP_PERCENT;
            lastLine = now;
        }
    }

    @Override
    public void end() {}
}
