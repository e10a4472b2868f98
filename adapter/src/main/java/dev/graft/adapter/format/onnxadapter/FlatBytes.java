package dev.graft.adapter.format.onnxadapter;

import dev.graft.error.ErrorCode;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A FlatBuffers file read by position, every access checked against the file's size.
 *
 * <p>Only one page is held at a time: tables are small and lie between data that is not wanted here. The file stays open until this is closed.
 */
final class FlatBytes implements AutoCloseable {
    private static final int PAGE_BYTES = 1 << 14;

    private final Path file;
    private final FileBytes bytes;
    private final FileChannel channel;
    private final ByteBuffer page =
            ByteBuffer.allocate(PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long pageStart;

    FlatBytes(Path file) {
        this.file = file;
        this.bytes = FileBytes.of(file);
        try {
            this.channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw FileFault.unreadable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileFault.unreadable(file, e);
        }
    }

    long size() {
        return bytes.size();
    }

    ByteSource slice(long position, long length) {
        require(position, length, 1);
        return bytes.slice(position, length);
    }

    int readInt(long position) {
        require(position, 4, 4);
        return page.getInt(load(position, 4));
    }

    long readLong(long position) {
        require(position, 8, 4);
        return page.getLong(load(position, 8));
    }

    int readUnsignedShort(long position) {
        require(position, 2, 2);
        return page.getShort(load(position, 2)) & 0xffff;
    }

    /** The place that an offset stored at {@code position} points to; offsets point forward. */
    long follow(long position) {
        long offset = Integer.toUnsignedLong(readInt(position));
        if (offset == 0) {
            throw malformed("an offset points to itself", position);
        }
        require(position + offset, 4, 4);
        return position + offset;
    }

    /** The length of the vector or string at {@code position}, whose elements fit into the file. */
    int vectorLength(long position, int elementBytes) {
        return fitting(Integer.toUnsignedLong(readInt(position)), elementBytes, position);
    }

    private int fitting(long length, int elementBytes, long position) {
        if (length > (size() - position - 4) / elementBytes) {
            throw malformed("a vector of " + length + " elements ends behind the file", position);
        }
        return (int) length;
    }

    /** The same for data, which lie far from the tables, whose page stays. */
    int dataLength(long position) {
        require(position, 4, 4);
        ByteBuffer stored = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        read(position, stored);
        return fitting(Integer.toUnsignedLong(stored.getInt(0)), 1, position);
    }

    /** The UTF-8 string at {@code position}, which a zero byte ends. */
    String readString(long position) {
        int length = vectorLength(position, 1);
        if (length > PAGE_BYTES / 2) {
            throw malformed("a name of " + length + " bytes is longer than " + PAGE_BYTES / 2, position);
        }
        require(position + 4, length + 1L, 1);
        int at = load(position + 4, length + 1);
        if (page.get(at + length) != 0) {
            throw malformed("a string has no final zero byte", position);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(page.array(), at, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("a name is not UTF-8", position);
        }
    }

    GraftException malformed(String what, long position) {
        return new GraftException(
                ErrorCode.ONNX_ADAPTER_MALFORMED,
                "not a valid .onnx_adapter file: " + what,
                Location.ofOffset(file, position),
                "The file is damaged or incomplete: export or download it again.");
    }

    private void require(long position, long length, int alignment) {
        if (position < 0 || length > bytes.size() - position) {
            throw malformed("an offset points behind the end of the file", Math.min(position, bytes.size()));
        }
        if (position % alignment != 0) {
            throw malformed("a value is not aligned to " + alignment + " bytes", position);
        }
    }

    private int load(long position, int length) {
        if (position < pageStart || position + length > pageStart + page.limit()) {
            pageStart = position;
            page.clear().limit((int) Math.min(PAGE_BYTES, bytes.size() - position));
            read(position, page);
            page.flip();
        }
        return (int) (position - pageStart);
    }

    private void read(long position, ByteBuffer target) {
        try {
            FileBytes.readFully(channel, file, position, target);
        } catch (IOException e) {
            throw FileFault.unreadable(file, e);
        }
    }
}
