package dev.graft.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
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
            assertThat(window).isEqualTo(java.util.Arrays.copyOfRange(all, from, from + window.length));
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
    void aVectorCannotBeTransposed() {
        Tensor vector = Tensor.ofFloats("v", Shape.of(2), 1, 2);

        assertThatThrownBy(vector::transposed)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a matrix");
    }
}
