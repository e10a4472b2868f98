package dev.graft.adapter.format.safetensors;

import dev.graft.adapter.format.json.StrictJson;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.FileBytes;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the header of a safetensors file and checks it against the file; see the package's page for the layout. */
public final class SafetensorsReader {
    private static final int LENGTH_BYTES = 8;
    // the reference reader takes 100 MB; what is held of a header must fit into a small heap
    private static final long MAX_HEADER_BYTES = 1 << 25;
    private static final int MAX_TENSORS = 200_000;
    private static final int MAX_NAME_LENGTH = 4096;

    private final Path file;
    private final FileBytes bytes;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<TensorEntry> entries = new ArrayList<>();

    private SafetensorsReader(Path file) {
        this.file = file;
        this.bytes = FileBytes.of(file);
    }

    /**
     * Opens a file: reads its header only.
     *
     * @throws GraftException {@code SAFETENSORS_MALFORMED} if a byte of header or layout is against the format, {@code
     *     FILE_NOT_FOUND} or {@code IO_FAILED} if it cannot be read
     */
    public static SafetensorsFile read(Path file) {
        return new SafetensorsReader(file).read();
    }

    private SafetensorsFile read() {
        long headerBytes = headerLength();
        ByteSource header = bytes.slice(LENGTH_BYTES, headerBytes);
        checkFirstByte(header);
        readHeader(header);
        ByteSource data = bytes.slice(LENGTH_BYTES + headerBytes, bytes.size() - LENGTH_BYTES - headerBytes);
        checkCoverage(data.size());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (TensorEntry entry : entries) {
            tensors.put(entry.name(), entry.toTensor(data));
        }
        return new SafetensorsFile(file, metadata, tensors);
    }

    private long headerLength() {
        if (bytes.size() < LENGTH_BYTES) {
            throw malformed("expected at least 8 bytes, got " + bytes.size(), 0);
        }
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.read(0, buffer);
        long length = buffer.getLong(0);
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw malformed(
                    "expected a header of at most " + MAX_HEADER_BYTES + " bytes, got " + Long.toUnsignedString(length),
                    0);
        }
        if (length > bytes.size() - LENGTH_BYTES) {
            throw malformed("the header should be " + length + " bytes, but the file ends after " + bytes.size(), 0);
        }
        return length;
    }

    private void checkFirstByte(ByteSource header) {
        ByteBuffer first = ByteBuffer.allocate(1);
        if (header.size() > 0) {
            header.read(0, first);
        }
        if (first.get(0) != '{') {
            throw malformed("expected the header to begin with '{'", LENGTH_BYTES);
        }
    }

    private void readHeader(ByteSource header) {
        Location location = Location.ofFile(file);
        try (StrictJson json = new StrictJson(new SourceStream(header), ErrorCode.SAFETENSORS_MALFORMED, location)) {
            json.readObject(name -> {
                if (name.equals("__metadata__")) {
                    json.readObject(key -> metadata.put(key, json.readText()));
                } else if (name.length() > MAX_NAME_LENGTH) {
                    throw malformed("a tensor's name has " + name.length() + " characters", LENGTH_BYTES);
                } else {
                    addEntry(TensorEntry.read(name, json, file));
                }
            });
            json.expectEnd();
        }
    }

    private void addEntry(TensorEntry entry) {
        if (entries.size() == MAX_TENSORS) {
            throw malformed("more than " + MAX_TENSORS + " tensors", LENGTH_BYTES);
        }
        entries.add(entry);
    }

    /** The tensors, sorted by place, must follow one another from the first byte to the last. */
    private void checkCoverage(long dataBytes) {
        List<TensorEntry> byPlace = new ArrayList<>(entries);
        byPlace.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
        long end = 0;
        for (TensorEntry entry : byPlace) {
            if (entry.begin() != end) {
                String what = entry.begin() > end
                        ? "a hole of " + (entry.begin() - end) + " bytes before it"
                        : "an overlap of " + (end - entry.begin()) + " bytes with the tensor before it";
                throw entry.invalid("expected data to begin at " + end + ", got " + entry.begin() + ": " + what, file);
            }
            end = entry.end();
        }
        if (end != dataBytes) {
            throw malformed(
                    "expected " + end + " bytes of data, as the header says, got " + dataBytes,
                    bytes.size() - dataBytes);
        }
    }

    private GraftException malformed(String what, long offset) {
        return new GraftException(
                ErrorCode.SAFETENSORS_MALFORMED,
                "not a valid safetensors file: " + what,
                Location.ofOffset(file, offset),
                "The file is damaged or incomplete: download or save it again.");
    }
}
