package dev.graft.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.GraftException;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.FileBytes;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostTensorTest {
    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT32", "FLOAT16", "BFLOAT16"})
    void floatsOfEveryTypeComeBack(DType dtype) {
        HostTensor tensor = HostTensor.ofDoubles(dtype, Shape.of(2, 2), 1, -2.5, 0, 256);

        assertThat(tensor.toDoubles()).containsExactly(1, -2.5, 0, 256);
        assertThat(tensor.toDoubles(1, 2)).containsExactly(-2.5, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"INT64", "INT32", "INT16", "INT8", "UINT64", "UINT32", "UINT16", "UINT8"})
    void integersOfEveryTypeComeBack(DType dtype) {
        HostTensor tensor = HostTensor.ofIntegers(dtype, Shape.of(3), 0, 7, 100);

        assertThat(tensor.toLongs()).containsExactly(0, 7, 100);
        assertThat(tensor.toDoubles()).containsExactly(0, 7, 100);
    }

    @Test
    void unsignedValuesAreNotNegative() {
        assertThat(HostTensor.ofIntegers(DType.UINT8, Shape.of(1), 200).toLongs())
                .containsExactly(200);
        assertThat(HostTensor.ofIntegers(DType.UINT16, Shape.of(1), 60_000).toLongs())
                .containsExactly(60_000);
        assertThat(HostTensor.ofIntegers(DType.UINT32, Shape.of(1), 4_000_000_000L)
                        .toLongs())
                .containsExactly(4_000_000_000L);
    }

    @Test
    void nothingThatIsHandedOutCanChangeIt() {
        HostTensor tensor = HostTensor.ofLongs(Shape.of(2), 1, 2);

        tensor.bytes().position(8);

        assertThatThrownBy(() -> tensor.bytes().putLong(0, 9)).isInstanceOf(ReadOnlyBufferException.class);
        assertThat(tensor.toLongs()).containsExactly(1, 2);
    }

    @Test
    void bytesAreLittleEndian() {
        HostTensor tensor = HostTensor.ofFloats(Shape.of(1), 1f);

        assertThat(tensor.bytes().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(tensor.bytes().getInt(0)).isEqualTo(0x3f800000);
    }

    @Test
    void tensorsOfFilesAreCopied() {
        Tensor stored = Tensor.ofFloats("w", Shape.of(1, 2), 3, 4);

        assertThat(HostTensor.of(stored)).isEqualTo(HostTensor.ofFloats(Shape.of(1, 2), 3, 4));
    }

    @Test
    void tensorsThatNoBufferHoldsAreRefused() {
        ByteSource endless = new FileBytes(Path.of("inputs.safetensors"), 0, 4L << 30);
        Tensor huge = new Tensor("x", DType.FLOAT32, Shape.of(1L << 30), endless);

        assertThatThrownBy(() -> HostTensor.of(huge))
                .isInstanceOf(GraftException.class)
                .hasMessage("a tensor of float32 [1073741824] cannot be held in memory as one");
    }

    @Test
    void aBufferThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> new HostTensor(DType.FLOAT32, Shape.of(2), ByteBuffer.allocateDirect(7)))
                .hasMessage("direct buffer of 7 bytes for FLOAT32 [2], which takes a direct one of 8");
        assertThatThrownBy(() -> new HostTensor(DType.FLOAT32, Shape.of(2), ByteBuffer.allocate(8)))
                .hasMessageStartingWith("heap buffer");
        assertThatThrownBy(() -> HostTensor.zeros(DType.INT4, Shape.of(2))).hasMessageContaining("INT4");
    }
}
