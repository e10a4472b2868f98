package dev.graft.runtime.batching;

import dev.graft.runtime.session.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The stacks themselves, outside the Java heap, where ONNX Runtime reads them in place. Slot 0 is never written: it is zeros.
 *
 * <p>Not safe for several threads: whoever writes a slot must make sure that no run reads it. Slots do not overlap, so others can be read meanwhile.
 */
final class SlotMemory {
    private final BatchedLayout layout;
    private final Map<String, ByteBuffer> writable = new HashMap<>();
    private final Map<String, HostTensor> views = new LinkedHashMap<>();

    /** @throws OutOfMemoryError if the stacks do not fit into the memory that the JVM may use outside its heap */
    SlotMemory(BatchedLayout layout) {
        this.layout = layout;
        layout.stacks().forEach((name, stack) -> {
            ByteBuffer bytes = ByteBuffer.allocateDirect(
                            Math.toIntExact(stack.dtype().byteSize(stack.shape().elements())))
                    .order(ByteOrder.LITTLE_ENDIAN);
            writable.put(name, bytes);
            views.put(name, new HostTensor(stack.dtype(), stack.shape(), bytes));
        });
    }

    /** The stacks as inputs of a run. Unlike other tensors they change, whenever a slot is filled. */
    Map<String, HostTensor> tensors() {
        return Collections.unmodifiableMap(views);
    }

    /** Puts an adapter into a slot, smaller ranks filled up with zeros, modules that it does not change all zeros. */
    void write(int slot, SlotAdapter adapter) {
        if (slot < 1 || slot > layout.slots() || !adapter.fits(layout)) {
            throw new IllegalArgumentException(adapter + " does not go into slot " + slot);
        }
        writable.forEach((name, target) -> {
            Stack stack = layout.stacks().get(name);
            if (stack != null) {
                write(target, stack, slot, adapter.factors().get(name));
            }
        });
    }

    private static void write(
            ByteBuffer target, Stack stack, int slot, @org.jspecify.annotations.Nullable HostTensor factor) {
        int width = stack.dtype().bits() / 8;
        int start = Math.toIntExact(slot * stack.slotBytes());
        int end = Math.toIntExact(start + stack.slotBytes());
        if (factor == null) {
            zero(target, start, end);
            return;
        }
        ByteBuffer source = factor.bytes();
        int from = (int) factor.shape().dim(1) * width;
        int to = stack.columns() * width;
        int at = start;
        for (int row = 0; row < factor.shape().dim(0); row++) {
            target.put(at, source, row * from, from);
            zero(target, at + from, at + to);
            at += to;
        }
        zero(target, at, end);
    }

    private static void zero(ByteBuffer target, int from, int to) {
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            target.putLong(at, 0);
        }
        for (; at < to; at++) {
            target.put(at, (byte) 0);
        }
    }
}
