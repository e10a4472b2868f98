package dev.graft.training.run.tensorboard;

import dev.graft.compiler.wire.WireMessage;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/** Writes one event file of scalars; each call reaches the file before it returns. Not safe for several threads. */
public final class EventFile implements AutoCloseable {
    /** What the names of event files begin with. */
    public static final String PREFIX = "events.out.tfevents.";

    private static final int FIXED64 = 1;
    private static final int FIXED32 = 5;
    private static final int SESSION_START = 1;

    private final Path file;
    private final OutputStream out;
    private final InstantSource clock;

    private EventFile(Path file, OutputStream out, InstantSource clock) {
        this.file = file;
        this.out = out;
        this.clock = clock;
    }

    /**
     * Begins a file {@code events.out.tfevents.SECONDS.graft.PID.N} in a folder, which is created if need be.
     *
     * @param firstStep the step that a resumed run writes first; TensorBoard then drops what earlier files have of it and later ones;
     *     0 for a new run
     * @throws GraftException {@code IO_FAILED}
     */
    public static EventFile create(Path folder, long firstStep, InstantSource clock) {
        EventFile events = open(folder, clock);
        events.write(events.event(0).string(3, "brain.Event:2"));
        if (firstStep > 0) {
            events.write(events.event(firstStep).message(7, new WireMessage().integer(1, SESSION_START)));
        }
        return events;
    }

    private static EventFile open(Path folder, InstantSource clock) {
        try {
            Files.createDirectories(folder);
            for (int number = 0; ; number++) {
                // padded as TensorFlow does: TensorBoard reads the files of a folder in the order of their names
                Path file = folder.resolve(String.format(
                        Locale.ROOT,
                        PREFIX + "%010d.graft.%d.%d",
                        clock.instant().getEpochSecond(),
                        ProcessHandle.current().pid(),
                        number));
                if (!Files.exists(file)) {
                    return new EventFile(file, Files.newOutputStream(file, StandardOpenOption.CREATE_NEW), clock);
                }
            }
        } catch (IOException e) {
            throw FileFault.unwritable(folder, e);
        }
    }

    /**
     * Writes values by their tags.
     *
     * @throws GraftException {@code IO_FAILED}
     */
    public void scalars(long step, Map<String, Double> values) {
        WireMessage summary = new WireMessage();
        values.forEach((tag, value) -> summary.message(1, scalar(tag, value)));
        write(event(step).message(5, summary));
    }

    private static WireMessage scalar(String tag, double value) {
        return new WireMessage()
                .string(1, tag)
                .varint(2 << 3 | FIXED32)
                .raw(little(Float.BYTES).putFloat((float) value).array());
    }

    private WireMessage event(long step) {
        double seconds = clock.millis() / 1000.0;
        WireMessage event = new WireMessage()
                .varint(1 << 3 | FIXED64)
                .raw(little(Double.BYTES).putDouble(seconds).array());
        return step == 0 ? event : event.integer(2, step);
    }

    private void write(WireMessage event) {
        try {
            out.write(framed(event.toBytes()));
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
    }

    /** A record of the file's framing. */
    static byte[] framed(byte[] data) {
        byte[] length = little(Long.BYTES).putLong(data.length).array();
        return little(length.length + data.length + 2 * Integer.BYTES)
                .put(length)
                .putInt(maskedCrc(length))
                .put(data)
                .putInt(maskedCrc(data))
                .array();
    }

    private static int maskedCrc(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        // masked, because a CRC over data that holds its own CRC is weak
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
    }
}
