package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The bytes of a stored tensor as one sequence, whether they lie in one run or in several. */
final class TensorBytes {
    private final List<ByteRegion> runs;
    private final OpenFiles files;
    private final long[] starts;

    TensorBytes(List<ByteRegion> runs, OpenFiles files) {
        this.runs = runs;
        this.files = files;
        this.starts = new long[runs.size() + 1];
        for (int i = 0; i < runs.size(); i++) {
            starts[i + 1] = starts[i] + runs.get(i).length();
        }
    }

    /** What is done with a stretch of bytes that lies in one piece: {@code length} bytes at {@code offset} of run {@code run}. */
    interface Piece {
        void at(int run, long offset, int length);
    }

    /** Splits {@code length} bytes from {@code position} of the sequence on into pieces of single runs. */
    void forEachPiece(long position, int length, Piece piece) {
        int run = runAt(position);
        long at = position;
        for (int left = length; left > 0; run++) {
            int now = (int) Math.min(left, starts[run + 1] - at);
            if (now > 0) {
                piece.at(run, at - starts[run], now);
            }
            at += now;
            left -= now;
        }
    }

    /** Fills the buffer's remaining space from {@code position} on. */
    void read(long position, ByteBuffer target) {
        int limit = target.limit();
        forEachPiece(position, target.remaining(), (run, offset, length) -> {
            target.limit(target.position() + length);
            files.read(runs.get(run).file(), runs.get(run).offset() + offset, target);
        });
        target.limit(limit);
    }

    /** Decodes a rectangle of the tensor, seen as a matrix with {@code stride} columns, to a dense array. */
    void readDoubles(
            DType dtype, long stride, long firstRow, int rows, long firstColumn, int columns, double[] target) {
        int width = dtype.bits() / 8;
        ByteBuffer buffer = ByteBuffer.allocate(columns * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            buffer.clear();
            read(((firstRow + row) * stride + firstColumn) * width, buffer);
            FloatFormat.decode(dtype, buffer.flip(), target, row * columns, columns);
        }
    }

    private int runAt(long position) {
        int found = java.util.Arrays.binarySearch(starts, position);
        return found >= 0 ? found : -found - 2;
    }
}
