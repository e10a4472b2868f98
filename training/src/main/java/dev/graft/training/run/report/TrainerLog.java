package dev.graft.training.run.report;

import com.google.gson.stream.JsonWriter;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.io.OutputTransaction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@value #NAME}: one JSON object a line for each log line and each evaluation, with the members of LLaMA-Factory's.
 *
 * <p>A line reaches the file as it is written, and the disk before a checkpoint does. A run that is resumed drops the lines of the
 * updates that it will do again.
 */
public final class TrainerLog implements RunListener, AutoCloseable {
    /** The name of the file in the run's folder. */
    public static final String NAME = "trainer_log.jsonl";

    private static final Pattern LINE = Pattern.compile("\\{\"current_steps\":(\\d{1,18}),.*\\}");

    private final Path file;
    private final FileChannel channel;

    private TrainerLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Begins the log, or goes on with one.
     *
     * @param step how many updates have been done; lines of later ones are removed
     * @throws GraftException {@code IO_FAILED}
     */
    public static TrainerLog open(Path runFolder, long step) {
        Path file = runFolder.resolve(NAME);
        try {
            if (Files.exists(file)) {
                dropAfter(file, step);
            }
            return new TrainerLog(file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
    }

    private static void dropAfter(Path file, long step) throws IOException {
        try (OutputTransaction transaction = OutputTransaction.open(file, true)) {
            // Latin-1 takes any bytes, also those that a lost write has left
            try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
                    Writer kept = Files.newBufferedWriter(transaction.stage(file), StandardCharsets.ISO_8859_1)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher match = LINE.matcher(line);
                    if (match.matches() && Long.parseLong(match.group(1)) <= step) {
                        kept.append(line).append('\n');
                    }
                }
            }
            transaction.commit();
        }
    }

    @Override
    public void logged(StepReport report) {
        StringWriter line = new StringWriter();
        try (JsonWriter json = new JsonWriter(line)) {
            beginLine(json, report.step(), report.totalSteps());
            json.name("loss").value(report.loss());
            json.name("lr").value(report.learningRate());
            json.name("grad_norm");
            if (Double.isFinite(report.gradientNorm())) {
                json.value(report.gradientNorm());
            } else {
                json.nullValue();
            }
            endLine(json, report.step(), report.totalSteps(), report.epoch(), report.clock());
            json.name("throughput").value(rounded(report.tokensPerSecond(), 100));
            json.name("total_tokens").value(report.tokens());
            json.endObject();
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
        write(line.toString());
    }

    @Override
    public void evaluated(EvaluationReport report) {
        StringWriter line = new StringWriter();
        try (JsonWriter json = new JsonWriter(line)) {
            beginLine(json, report.step(), report.totalSteps());
            for (var value : report.result().named().entrySet()) {
                json.name(value.getKey()).value(value.getValue());
            }
            endLine(json, report.step(), report.totalSteps(), report.epoch(), report.clock());
            json.endObject();
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
        write(line.toString());
    }

    private static void beginLine(JsonWriter json, long step, long total) throws IOException {
        json.beginObject();
        json.name("current_steps").value(step);
        json.name("total_steps").value(total);
    }

    private static void endLine(JsonWriter json, long step, long total, double epoch, RunClock clock)
            throws IOException {
        json.name("epoch").value(rounded(epoch, 10_000));
        json.name("percentage").value(rounded(100.0 * step / total, 100));
        json.name("elapsed_time").value(clockTime(clock.elapsedSeconds()));
        json.name("remaining_time").value(clockTime(clock.remainingSeconds()));
    }

    private static double rounded(double value, double unit) {
        return Math.rint(value * unit) / unit;
    }

    /** As Python's {@code str(timedelta(seconds=n))}: {@code 1 day, 2:03:04}. */
    static String clockTime(double seconds) {
        long whole = (long) seconds;
        long days = whole / 86_400;
        String before = days == 0 ? "" : days == 1 ? "1 day, " : days + " days, ";
        return before + String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600 % 24, whole / 60 % 60, whole % 60);
    }

    private void write(String line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
    }

    @Override
    public void saving() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
    }
}
