package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Computes units one after the other and hands their bytes on; each thread has its own. */
final class UnitWriter {
    private final OpenFiles inputs;
    private final UnitComputer computer;
    private final Sink sink;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(Unit.LARGEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** Where computed bytes go. */
    interface Sink {
        /**
         * Takes all that remains in the buffer.
         *
         * @param edit the tensor that they are part of
         * @param region the run of the destination that they go to
         * @param offset where in the run
         */
        void write(TensorEdit edit, ByteRegion region, long offset, ByteBuffer bytes);
    }

    UnitWriter(OpenFiles inputs, UnitComputer computer, Sink sink) {
        this.inputs = inputs;
        this.computer = computer;
        this.sink = sink;
    }

    /** Reads a unit of the base, computes it and writes it. */
    List<BlockStatistics> write(MergeTask.Compute compute) {
        Unit unit = compute.unit();
        TensorBytes source = new TensorBytes(unit.edit().source(), inputs);
        TensorBytes destination = new TensorBytes(compute.destination(), inputs);
        forEachStretch(unit, source::read);
        List<BlockStatistics> found = computer.compute(unit, buffer.clear());
        forEachStretch(unit, (position, bytes) -> write(compute, destination, position, bytes));
        unit.panel().finish();
        return found;
    }

    private interface Transfer {
        void at(long position, ByteBuffer bytes);
    }

    /** A unit is one stretch of the tensor's bytes, or one per row. */
    private void forEachStretch(Unit unit, Transfer transfer) {
        int stretches = unit.isContiguous() ? 1 : unit.rows();
        int length = unit.bytes() / stretches;
        for (int row = 0; row < stretches; row++) {
            buffer.limit((row + 1) * length).position(row * length);
            transfer.at(unit.byteOfRow(row), buffer);
        }
    }

    private void write(MergeTask.Compute compute, TensorBytes destination, long position, ByteBuffer bytes) {
        int limit = bytes.limit();
        destination.forEachPiece(position, bytes.remaining(), (run, offset, length) -> {
            bytes.limit(bytes.position() + length);
            sink.write(compute.unit().edit(), compute.destination().get(run), offset, bytes);
        });
        bytes.limit(limit);
    }
}
