package dev.graft.compiler.ir;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.graft.tensor.ByteSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Writes a skeleton out with the elements back in their places: first all sizes, then the bytes, in one stream. */
final class SkeletonWriter {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Skeleton skeleton;
    private final List<Part> parts = new ArrayList<>();

    SkeletonWriter(Skeleton skeleton) {
        this.skeleton = skeleton;
    }

    /** What stands in the output: bytes as they are, a message's head whose size is known later, or elements. */
    private sealed interface Part {
        record Bytes(ByteString bytes) implements Part {}

        final class Head implements Part {
            private final int field;
            private long size;

            Head(int field) {
                this.field = field;
            }
        }

        record Elements(Skeleton.Elements elements) implements Part {}
    }

    /** Lays the output out and returns its size in bytes. */
    long plan(ByteString model) throws IOException {
        return plan(SkeletonField.MODEL, model);
    }

    /** Writes what {@link #plan} has laid out. */
    void write(OutputStream target) throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(target, CHUNK_BYTES);
        for (Part part : parts) {
            if (part instanceof Part.Bytes bytes) {
                bytes.bytes().writeTo(flushed(out, target));
            } else if (part instanceof Part.Head head) {
                writeHead(out, head.field, head.size);
            } else if (part instanceof Part.Elements elements) {
                writeHead(
                        out,
                        elements.elements().field(),
                        elements.elements().bytes().size());
                copy(elements.elements().bytes(), flushed(out, target));
            }
        }
        out.flush();
    }

    private long plan(SkeletonField message, ByteString bytes) throws IOException {
        CodedInputStream in = bytes.newCodedInput();
        long size = 0;
        int plain = 0;
        while (!in.isAtEnd()) {
            int start = in.getTotalBytesRead();
            int tag = in.readTag();
            int field = WireFormat.getTagFieldNumber(tag);
            boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            SkeletonField child = delimited ? message.child(field) : null;
            boolean ticket = delimited && message == SkeletonField.TENSOR && field == SkeletonField.RAW_DATA;
            if (child == null && !ticket) {
                in.skipField(tag);
                continue;
            }
            size += addBytes(bytes.substring(plain, start));
            size += child == null ? planElements(in.readBytes()) : planChild(child, field, in.readBytes());
            plain = in.getTotalBytesRead();
        }
        return size + addBytes(bytes.substring(plain));
    }

    private long planChild(SkeletonField child, int field, ByteString bytes) throws IOException {
        Part.Head head = new Part.Head(field);
        parts.add(head);
        head.size = plan(child, bytes);
        return headSize(field, head.size) + head.size;
    }

    private long planElements(ByteString ticket) {
        long size = 0;
        for (Skeleton.Elements elements : skeleton.redeem(ticket)) {
            parts.add(new Part.Elements(elements));
            size += headSize(elements.field(), elements.bytes().size())
                    + elements.bytes().size();
        }
        return size;
    }

    private long addBytes(ByteString bytes) {
        if (!bytes.isEmpty()) {
            parts.add(new Part.Bytes(bytes));
        }
        return bytes.size();
    }

    private static long headSize(int field, long size) {
        return (long) CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt64SizeNoTag(size);
    }

    private static void writeHead(CodedOutputStream out, int field, long size) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt64NoTag(size);
    }

    private static OutputStream flushed(CodedOutputStream out, OutputStream target) throws IOException {
        out.flush();
        return target;
    }

    private static void copy(ByteSource source, OutputStream target) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, source.size())];
        for (long done = 0; done < source.size(); done += chunk.length) {
            int now = (int) Math.min(chunk.length, source.size() - done);
            source.read(done, ByteBuffer.wrap(chunk, 0, now));
            target.write(chunk, 0, now);
        }
    }
}
