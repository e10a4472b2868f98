package dev.graft.training.run.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The expected bytes are those of TensorBoard's own writer (EventFileWriter and event_pb2, 2.21), made by event_goldens.py. */
class EventFileTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_500L));

    @TempDir
    Path folder;

    @Test
    void aRecordIsFramedWithMaskedChecksums() {
        // the length's checksum and the data's, of RecordWriter
        assertThat(HexFormat.of().formatHex(EventFile.framed("graft".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("0500000000000000eab2043e677261667470591de4");
    }

    @Test
    void aFileHoldsTheVersionAndTheScalars() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("train/loss", 2.5);
        values.put("train/learning_rate", 1e-4);
        try (EventFile events = EventFile.create(folder.resolve("runs"), 0, CLOCK)) {
            events.scalars(300, values);
        }

        assertThat(HexFormat.of().formatHex(Files.readAllBytes(only())))
                .isEqualTo(
                        "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b3531103d000000000000006049f1ec0900002040fc54d94110ac022a2f0a110a0a747261696e2f6c6f737315000020400a1a0a13747261696e2f6c6561726e696e675f726174651517b7d1380b7d32fa");
        assertThat(only().getFileName().toString()).matches("events\\.out\\.tfevents\\.1700000000\\.graft\\.\\d+\\.0");
    }

    @Test
    void aResumedRunSaysWhereItGoesOn() throws IOException {
        try (EventFile events = EventFile.create(folder.resolve("runs"), 7, CLOCK)) {
            events.scalars(7, Map.of("eval/loss", 0.5));
        }

        assertThat(HexFormat.of().formatHex(Files.readAllBytes(only())))
                .isEqualTo(
                        "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b3531100f000000000000006d532b090900002040fc54d94110073a0208019beb06a71f00000000000000514b44180900002040fc54d94110072a120a100a096576616c2f6c6f7373150000003f0c1df78f");
    }

    @Test
    void noFileIsWrittenOver() throws IOException {
        EventFile.create(folder, 0, CLOCK).close();
        EventFile.create(folder, 0, CLOCK).close();

        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    private Path only() throws IOException {
        try (var files = Files.list(folder.resolve("runs"))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }
}
