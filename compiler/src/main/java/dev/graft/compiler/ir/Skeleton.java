package dev.graft.compiler.ir;

import com.google.protobuf.ByteString;
import dev.graft.tensor.ByteSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A model's protobuf bytes without the elements of its tensors. In the place of a tensor's elements stands a ticket, as its
 * {@code raw_data}, which says for each field of elements which one of {@link #elements} it is:
 *
 * <pre>
 * ticket = (field: i32 LE, index: i32 LE)*
 * </pre>
 */
final class Skeleton {
    private static final int ENTRY_BYTES = 8;

    /**
     * One field of elements.
     *
     * @param field the number of the TensorProto field
     * @param bytes its contents
     */
    record Elements(int field, ByteSource bytes) {}

    private final List<ByteSource> elements = new ArrayList<>();

    /** Keeps elements and returns what stands for them. */
    ByteString ticket(List<Elements> fields) {
        ByteBuffer ticket = ByteBuffer.allocate(fields.size() * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Elements field : fields) {
            ticket.putInt(field.field()).putInt(elements.size());
            elements.add(field.bytes());
        }
        return ByteString.copyFrom(ticket.flip());
    }

    /** What a ticket stands for. */
    List<Elements> redeem(ByteString ticket) {
        List<Elements> fields = new ArrayList<>();
        ByteBuffer buffer = ticket.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            fields.add(new Elements(buffer.getInt(), elements.get(buffer.getInt())));
        }
        return fields;
    }
}
