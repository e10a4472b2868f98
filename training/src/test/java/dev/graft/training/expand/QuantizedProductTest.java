package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Attribute;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MatMulNBits, in the accuracy that does not round the input. */
class QuantizedProductTest {
    @ParameterizedTest(name = "operator set {0}, {1} bits, {2} in blocks of {3}, zero points {4}")
    @CsvSource({
        "17, 4, 64, 16, none",
        "17, 4, 64, 32, packed",
        "17, 4, 48, 16, packed",
        "17, 4, 48, 16, floats",
        "17, 8, 64, 32, none",
        "17, 8, 64, 16, packed",
        "21, 4, 64, 16, none",
        "21, 4, 64, 32, packed",
        "21, 4, 48, 16, packed",
        "21, 4, 48, 16, floats",
        "21, 4, 40, 16, none",
        "21, 4, 40, 16, packed",
        "17, 4, 40, 16, packed",
        "21, 8, 64, 32, none",
        "21, 8, 64, 16, packed"
    })
    void theProductIsThatOfTheNumbers(long opset, int bits, long columns, long block, String zeros) {
        graph(opset, bits, columns, block, zeros).assertExpandsExactly();
    }

    @Test
    void fromOperatorSet21TheBytesAreUint4AsTheyLie() {
        OperatorGraph graph = graph(21, 4, 64, 32, "packed");
        byte[] before = graph.model()
                .graph()
                .find("weights")
                .orElseThrow()
                .constant()
                .orElseThrow()
                .tensor("w")
                .toBytes();
        graph.expand();

        assertThat(graph.model().graph().initializers())
                .filteredOn(value -> value.name().endsWith("/weight"))
                .singleElement()
                .satisfies(value -> {
                    assertThat(value.constant().orElseThrow().dtype()).isEqualTo(DType.UINT4);
                    assertThat(value.constant().orElseThrow().shape()).isEqualTo(Shape.of(6, 64));
                    assertThat(value.constant().orElseThrow().tensor("w").toBytes())
                            .isEqualTo(before);
                });
        assertThat(graph.model().graph().find("weights")).isEmpty();
    }

    private static OperatorGraph graph(long opset, int bits, long columns, long block, String zeros) {
        int rows = 6;
        long blocks = (columns + block - 1) / block;
        OperatorGraph graph = new OperatorGraph(opset)
                .normal("x", "batch,sequence," + columns, 2, 3, columns)
                .stored(bytes("weights", Shape.of(rows, blocks, block * bits / 8)))
                .weight("scales", rows, blocks);
        switch (zeros) {
            case "packed" -> graph.stored(bytes("zeros", Shape.of(rows, (blocks * bits + 7) / 8)));
            case "floats" -> graph.weight("zeros", rows, blocks);
            default -> graph.none();
        }
        return graph.none()
                .weight("bias", rows)
                .microsoft(
                        "MatMulNBits",
                        1,
                        Attribute.of("K", columns),
                        Attribute.of("N", (long) rows),
                        Attribute.of("bits", (long) bits),
                        Attribute.of("block_size", block),
                        Attribute.of("accuracy_level", 1L));
    }

    private static Tensor bytes(String name, Shape shape) {
        byte[] values = new byte[Math.toIntExact(shape.elements())];
        new Random(name.hashCode()).nextBytes(values);
        return new Tensor(name, DType.UINT8, shape, ByteSource.ofArray(values));
    }
}
