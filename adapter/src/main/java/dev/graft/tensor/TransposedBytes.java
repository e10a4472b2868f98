package dev.graft.tensor;

import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a matrix with its two dimensions exchanged.
 *
 * <p>A matrix of up to {@value #KEPT_BYTES} bytes is transposed whole when it is first read and kept as long as memory allows;
 * a larger one is gathered window by window, which reads more but never holds it.
 */
final class TransposedBytes extends ElementBytes {
    private static final int KEPT_BYTES = 1 << 26;
    private static final int BLOCK_BYTES = 1 << 20;

    private final ByteSource source;
    private final @Nullable Path file;
    private final long sourceRows;
    private final long sourceColumns;
    private final int width;
    private volatile SoftReference<byte[]> kept = new SoftReference<>(null);

    TransposedBytes(Tensor matrix) {
        super(matrix.shape().elements(), matrix.dtype().bits() / 8);
        this.source = matrix.bytes();
        this.file = matrix.file();
        this.sourceRows = matrix.shape().dim(0);
        this.sourceColumns = matrix.shape().dim(1);
        this.width = matrix.dtype().bits() / 8;
    }

    @Override
    protected void elements(long first, int count, ByteBuffer target) {
        if (size() > KEPT_BYTES) {
            gather(first, count, target);
            return;
        }
        byte[] whole = kept.get();
        if (whole == null) {
            whole = new byte[(int) size()];
            gather(0, whole.length / width, ByteBuffer.wrap(whole));
            kept = new SoftReference<>(whole);
        }
        target.put(whole, (int) first * width, count * width);
    }

    /** Target element {@code i * sourceRows + j} is source element {@code j * sourceColumns + i}. */
    private void gather(long first, int count, ByteBuffer target) {
        long firstColumn = first / sourceRows;
        long lastColumn = (first + count - 1) / sourceRows;
        boolean narrow = sourceColumns * width <= BLOCK_BYTES;
        long from = narrow ? 0 : firstColumn;
        int columns = Math.toIntExact(narrow ? sourceColumns : lastColumn - firstColumn + 1);
        // whole rows are one run of bytes, so that many of them are read at once; pieces of rows are read one by one
        int rowsAtOnce = narrow ? Math.max(1, BLOCK_BYTES / (columns * width)) : 1;
        for (long row = 0; row < sourceRows; row += rowsAtOnce) {
            int rows = (int) Math.min(rowsAtOnce, sourceRows - row);
            ByteBuffer block = ByteBuffer.allocate(rows * columns * width);
            source.read((row * sourceColumns + from) * width, block);
            for (int r = 0; r < rows; r++) {
                for (long column = firstColumn; column <= lastColumn; column++) {
                    long place = column * sourceRows + row + r - first;
                    if (place >= 0 && place < count) {
                        int at = (r * columns + (int) (column - from)) * width;
                        target.put((int) place * width, block.array(), at, width);
                    }
                }
            }
        }
    }

    @Override
    protected @Nullable Path file() {
        return file;
    }
}
