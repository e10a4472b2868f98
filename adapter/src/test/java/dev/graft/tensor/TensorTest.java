package dev.graft.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void aTransposedMatrixHasItsElementsInTheOtherOrder() {
        Tensor matrix = Tensor.ofFloats("m", Shape.of(2, 3), 1, 2, 3, 4, 5, 6);

        Tensor transposed = matrix.transposed();

        assertThat(transposed.shape()).isEqualTo(Shape.of(3, 2));
        assertThat(transposed.toDoubles()).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void aTransposedMatrixGivesAnyWindowOfItsBytes() {
        double[] values = new Random(3).doubles(7 * 11).toArray();
        Tensor matrix = Tensor.ofDoubles("m", DType.FLOAT16, Shape.of(7, 11), values);
        byte[] all = matrix.transposed().toBytes();

        for (int from = 0; from < all.length; from += 5) {
            byte[] window = new byte[Math.min(13, all.length - from)];
            matrix.transposed().bytes().slice(from, window.length).read(0, ByteBuffer.wrap(window));
            assertThat(window).isEqualTo(Arrays.copyOfRange(all, from, from + window.length));
        }
    }

    @Test
    void twoTranspositionsOfALargeMatrixGiveTheSameBytes() {
        double[] values = new Random(4).doubles(300 * 700).toArray();
        Tensor matrix = Tensor.ofDoubles("m", DType.FLOAT32, Shape.of(300, 700), values);

        assertThat(matrix.transposed().transposed().toBytes()).isEqualTo(matrix.toBytes());
    }

    @Test
    void aScaledTensorIsRoundedOnceToItsOwnType() {
        Tensor tensor = Tensor.ofDoubles("t", DType.BFLOAT16, Shape.of(2), 1.0, 3.0);

        assertThat(tensor.scaled(1.0 / 3).toDoubles()).containsExactly(0.333984375, 1.0);
        assertThat(tensor.scaled(1)).isSameAs(tensor);
    }

    @Test
    void rowsAreCutAndScaledAndRoundedToFloat32() {
        Tensor matrix = Tensor.ofFloats("m", Shape.of(3, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

        Tensor corner = matrix.rowsScaled(Tensor.ofFloats("f", Shape.of(2, 1), 0.1f, -2), 3);

        assertThat(corner.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(corner.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(corner.toDoubles()).containsExactly(0.1f, 0.1f * 2, 0.1f * 3, -10, -12, -14);
        assertThatThrownBy(() -> matrix.rowsScaled(matrix, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("m [3, 4] has no [3, 4] rows of 3");
        assertThatThrownBy(() -> matrix.rowsScaled(matrix, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void scaledRowsGiveAnyWindowOfTheirBytes() {
        Tensor matrix = Tensor.ofDoubles(
                "m", DType.FLOAT64, Shape.of(7, 11), new Random(5).doubles(77).toArray());
        Tensor scaled = matrix.rowsScaled(Tensor.ofFloats("f", Shape.of(6), 1, 2, 3, 4, 5, 6), 5);
        byte[] all = scaled.toBytes();

        assertThat(scaled.dtype()).isEqualTo(DType.FLOAT64);
        for (int from = 0; from < all.length; from += 5) {
            byte[] window = new byte[Math.min(101, all.length - from)];
            scaled.bytes().read(from, ByteBuffer.wrap(window));
            assertThat(window).isEqualTo(java.util.Arrays.copyOfRange(all, from, from + window.length));
        }
        assertThat(scaled.toDoubles()[29]).isEqualTo(6 * matrix.toDoubles()[5 * 11 + 4]);
    }

    @Test
    void aVectorCannotBeTransposed() {
        Tensor vector = Tensor.ofFloats("v", Shape.of(2), 1, 2);

        assertThatThrownBy(vector::transposed)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a matrix");
    }

    @Test
    void tensorsStandSideBySideAlongAnyAxis() {
        Tensor left = Tensor.ofFloats("l", Shape.of(2, 1), 1, 2);
        Tensor right = Tensor.ofFloats("r", Shape.of(2, 2), 3, 4, 5, 6);
        Tensor none = Tensor.ofFloats("n", Shape.of(2, 0));

        Tensor columns = Tensor.joined("c", 1, List.of(left, none, right));
        Tensor rows = Tensor.joined("c", 0, List.of(right, right));

        assertThat(columns.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(columns.toDoubles()).containsExactly(1, 3, 4, 2, 5, 6);
        assertThat(rows.toDoubles()).containsExactly(3, 4, 5, 6, 3, 4, 5, 6);
        for (int from = 0; from < 24; from++) {
            byte[] window = new byte[24 - from];
            columns.bytes().read(from, ByteBuffer.wrap(window));
            assertThat(window).isEqualTo(Arrays.copyOfRange(columns.toBytes(), from, 24));
        }
        assertThatThrownBy(() -> Tensor.joined("c", 0, List.of(left, right)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot stand beside");
    }
}
