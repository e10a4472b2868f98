package dev.graft.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TransposedBytesTest {
    /** 2^25 shorts and a few: more than is kept, so that windows are gathered; element number i is i modulo 2^16. */
    private static Tensor counted(long rows, long columns) {
        ByteSource source = new ElementBytes(rows * columns, 2) {
            @Override
            protected void elements(long first, int count, ByteBuffer target) {
                for (int i = 0; i < count; i++) {
                    target.putShort((short) (first + i));
                }
            }
        };
        return new Tensor("counted", DType.UINT16, Shape.of(rows, columns), source);
    }

    @Test
    void aTallMatrixTooLargeToKeepIsGatheredFromWholeRows() {
        checkWindows(4_200_000, 9);
    }

    @Test
    void aWideMatrixTooLargeToKeepIsGatheredFromPiecesOfRows() {
        checkWindows(9, 4_200_000);
    }

    private static void checkWindows(long rows, long columns) {
        Tensor transposed = counted(rows, columns).transposed();
        long elements = rows * columns;
        for (long first : new long[] {0, 12_345, elements / 2 - 7, elements - 1000}) {
            ByteBuffer window = ByteBuffer.allocate(2000).order(ByteOrder.LITTLE_ENDIAN);
            transposed.bytes().read(first * 2, window);
            window.flip();
            for (long at = first; at < first + 1000; at++) {
                long column = at / rows;
                long row = at % rows;
                assertThat(window.getShort()).isEqualTo((short) (row * columns + column));
            }
        }
    }
}
