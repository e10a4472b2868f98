package dev.graft.cli.command;

import dev.graft.io.Progress;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress as a bar on a terminal. */
final class BarProgress implements Progress {
    private static final long BYTES_IN_MEGABYTE = 1_000_000;
    private static final int UPDATE_MILLIS = 100;

    private final PrintStream messages;
    private final int width;
    private @Nullable ProgressBar bar;

    BarProgress(PrintStream messages, int width) {
        this.messages = messages;
        this.width = width;
    }

    @Override
    public synchronized void begin(String task, long total) {
        end();
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(messages, width - 1));
        if (total > BYTES_IN_MEGABYTE) {
            builder.setUnit(" MB", BYTES_IN_MEGABYTE);
        }
        bar = builder.build();
    }

    @Override
    public synchronized void advance(long amount) {
        if (bar != null) {
            bar.stepBy(amount);
        }
    }

    @Override
    public synchronized void end() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
