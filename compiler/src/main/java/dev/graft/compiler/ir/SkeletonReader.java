package dev.graft.compiler.ir;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.graft.tensor.ByteSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Copies a model's bytes, leaving the elements of tensors where they are. */
final class SkeletonReader {
    /** Elements up to this size are taken along: it costs less than to go back for them. */
    private static final int SMALL_BYTES = 1024;

    private static final int MAX_DEPTH = 100;

    private final CodedInputStream in;
    private final ByteSource file;
    private final Skeleton skeleton;

    SkeletonReader(CodedInputStream in, ByteSource file, Skeleton skeleton) {
        this.in = in;
        this.file = file;
        this.skeleton = skeleton;
    }

    /** The bytes of the whole model without its elements. */
    ByteString read() throws IOException {
        return copy(SkeletonField.MODEL, 0);
    }

    private ByteString copy(SkeletonField message, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("graphs are nested more than " + MAX_DEPTH / 3 + " deep");
        }
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        List<Skeleton.Elements> elements = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            SkeletonField child = delimited ? message.child(field) : null;
            if (child != null) {
                out.writeBytes(field, copyChild(child, depth));
            } else if (delimited && message.holdsElements(field)) {
                elements.add(new Skeleton.Elements(field, leave()));
            } else {
                copyField(tag, field, out);
            }
        }
        if (!elements.isEmpty()) {
            out.writeBytes(SkeletonField.RAW_DATA, skeleton.ticket(elements));
        }
        out.flush();
        return bytes.toByteString();
    }

    private ByteString copyChild(SkeletonField child, int depth) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        ByteString bytes = copy(child, depth + 1);
        in.checkLastTagWas(0);
        in.popLimit(outer);
        return bytes;
    }

    private ByteSource leave() throws IOException {
        int length = in.readRawVarint32();
        if (length >= 0 && length <= SMALL_BYTES) {
            return ByteSource.ofArray(in.readRawBytes(length));
        }
        long start = in.getTotalBytesRead();
        if (length < 0 || start + length > file.size()) {
            throw new InvalidProtocolBufferException("the file ends inside a tensor's elements");
        }
        in.skipRawBytes(length);
        return file.slice(start, length);
    }

    private void copyField(int tag, int field, CodedOutputStream out) throws IOException {
        switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT -> out.writeUInt64(field, in.readRawVarint64());
            case WireFormat.WIRETYPE_FIXED64 -> out.writeFixed64(field, in.readRawLittleEndian64());
            case WireFormat.WIRETYPE_FIXED32 -> out.writeFixed32(field, in.readRawLittleEndian32());
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> out.writeBytes(field, in.readBytes());
            default -> throw new InvalidProtocolBufferException("field " + field + " is a protobuf group");
        }
    }
}
