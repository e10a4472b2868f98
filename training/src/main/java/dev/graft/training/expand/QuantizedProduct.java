package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A product with weights of 4 or 8 bits (MatMulNBits), as the weights' numbers and an ordinary product.
 *
 * <p>The weights are rows of blocks, two 4-bit numbers to a byte, the lower first: that is how ONNX packs uint4, so the bytes stay
 * where they lie and are only called by another name. Before operator set 21, which has uint4 and blocks, bytes are taken apart by
 * shifts. The numbers that the operator rounds its input to ({@code accuracy_level} 4) have no part in this: training sees the
 * unrounded input.
 */
final class QuantizedProduct {
    private static final long BLOCKS_SINCE = 21;
    private static final int WEIGHTS = 1;
    private static final int SCALES = 2;
    private static final int ZEROS = 3;
    private static final int GROUPS = 4;
    private static final int BIAS = 5;

    private final NodeExpansion n;
    private final int bits;
    private final long rows;
    private final long columns;
    private final long block;
    private final long blocks;

    private QuantizedProduct(NodeExpansion n) {
        this.n = n;
        this.bits = (int) n.attribute("bits", 4);
        this.rows = n.attribute("N", 0);
        this.columns = n.attribute("K", 0);
        this.block = n.attribute("block_size", 0);
        this.blocks = isLength(block) && isLength(columns) ? (columns + block - 1) / block : 0;
    }

    static boolean expand(NodeExpansion n) {
        QuantizedProduct product = new QuantizedProduct(n);
        return product.isSupported() && product.write();
    }

    private boolean isSupported() {
        Optional<TensorData> weights = n.in(WEIGHTS).constant();
        return (bits == 4 || bits == 8)
                && isLength(rows)
                && isLength(columns)
                && isLength(block)
                && block % 2 == 0
                && !n.has(GROUPS)
                && n.attribute("weight_prepacked", 0) == 0
                && weights.isPresent()
                && weights.get().dtype() == DType.UINT8
                && weights.get().shape().elements() == Math.multiplyExact(rows, blocks * block * bits / 8)
                && (!n.has(ZEROS) || n.dtype(n.in(ZEROS)).isFloat() || zeroPoints() != null);
    }

    /** A file may claim anything; lengths of this size cannot overflow when multiplied. */
    private static boolean isLength(long claimed) {
        return claimed > 0 && claimed <= 1L << 24;
    }

    private boolean write() {
        Value numbers = n.opset() >= BLOCKS_SINCE ? dequantized() : unpacked();
        Value whole = n.reshape(numbers, rows, blocks * block);
        Value weights = columns == blocks * block ? whole : n.slice(whole, n.ints(0), n.ints(columns), n.ints(1));
        Value product = n.product(n.in(0), false, weights, true, 1);
        return n.give(0, n.plus(product, n.optional(BIAS)));
    }

    /** [rows, blocks · block] from operator set 21 on. */
    private Value dequantized() {
        DType dtype = bits == 4 ? DType.UINT4 : DType.UINT8;
        TensorData stored = n.in(WEIGHTS).constant().orElseThrow();
        Value weights = n.stored("weight", stored.reinterpreted("weight", dtype, Shape.of(rows, blocks * block)));
        Value scales = n.reshape(n.in(SCALES), rows, blocks);
        boolean floatZeros = n.has(ZEROS) && n.dtype(n.in(ZEROS)).isFloat();
        List<Value> inputs = floatZeros ? List.of(weights, scales) : List.of(weights, scales, storedZeros(dtype));
        Value numbers =
                n.nodeOf("DequantizeLinear", "", inputs, Attribute.of("axis", 1L), Attribute.of("block_size", block));
        if (!floatZeros) {
            return numbers;
        }
        Value shift = n.mul(n.reshape(n.in(ZEROS), rows, blocks, 1), n.reshape(scales, rows, blocks, 1));
        return n.sub(n.reshape(numbers, rows, blocks, block), shift);
    }

    private Value storedZeros(DType dtype) {
        byte[] zeros = zeroPoints();
        byte[] present = zeros == null ? defaultZeros() : zeros;
        byte[] packed = dtype == DType.UINT4 ? packed(present) : present;
        return n.stored(
                "zero_point",
                TensorData.of(new Tensor("zero_point", dtype, Shape.of(rows, blocks), ByteSource.ofArray(packed))));
    }

    /** [rows, blocks, block], by shifts. */
    private Value unpacked() {
        Value bytes = n.reshape(n.in(WEIGHTS), rows, blocks, -1);
        Value numbers = n.cast(bits == 4 ? halves(bytes) : bytes, n.dtype(n.in(SCALES)));
        Value shifted = n.sub(n.reshape(numbers, rows, blocks, block), zerosAsNumbers());
        return n.mul(shifted, n.reshape(n.in(SCALES), rows, blocks, 1));
    }

    private Value zerosAsNumbers() {
        if (n.has(ZEROS) && n.dtype(n.in(ZEROS)).isFloat()) {
            return n.reshape(n.in(ZEROS), rows, blocks, 1);
        }
        byte[] zeros = zeroPoints();
        byte[] present = zeros == null ? defaultZeros() : zeros;
        double[] numbers = new double[present.length];
        Arrays.setAll(numbers, i -> Byte.toUnsignedInt(present[i]));
        DType dtype = n.dtype(n.in(SCALES));
        return n.stored(
                "zero_point", TensorData.of(Tensor.ofDoubles("zero_point", dtype, Shape.of(rows, blocks, 1), numbers)));
    }

    /** The lower and the upper half of each byte, one behind the other. */
    private Value halves(Value bytes) {
        Value four = n.stored(
                "four", TensorData.of(new Tensor("four", DType.UINT8, Shape.of(), ByteSource.ofArray(new byte[] {4}))));
        Value upper = n.node("BitShift", List.of(bytes, four), Attribute.of("direction", "RIGHT"));
        Value raised = n.node("BitShift", List.of(bytes, four), Attribute.of("direction", "LEFT"));
        Value lower = n.node("BitShift", List.of(raised, four), Attribute.of("direction", "RIGHT"));
        return n.concat(-1, n.unsqueeze(lower, 3), n.unsqueeze(upper, 3));
    }

    private byte[] defaultZeros() {
        byte[] zeros = new byte[Math.toIntExact(Math.multiplyExact(rows, blocks))];
        Arrays.fill(zeros, (byte) (1 << bits - 1));
        return zeros;
    }

    /** The integer zero points, one byte each; the operator packs them row by row, with half a byte left over in odd rows. */
    private byte @Nullable [] zeroPoints() {
        Optional<TensorData> stored = n.has(ZEROS) ? n.in(ZEROS).constant() : Optional.empty();
        int perRow = Math.toIntExact((blocks * bits + 7) / 8);
        int count = Math.toIntExact(rows);
        if (stored.isEmpty()
                || stored.get().dtype() != DType.UINT8
                || stored.get().shape().elements() != Math.multiplyExact((long) perRow, rows)) {
            return null;
        }
        byte[] packed = stored.get().tensor("zero_points").toBytes();
        byte[] zeros = new byte[Math.toIntExact(rows * blocks)];
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < blocks; i++) {
                byte source = packed[row * perRow + i * bits / 8];
                zeros[row * (int) blocks + i] =
                        bits == 8 ? source : (byte) (i % 2 == 0 ? source & 15 : source >> 4 & 15);
            }
        }
        return zeros;
    }

    private static byte[] packed(byte[] halves) {
        byte[] packed = new byte[(halves.length + 1) / 2];
        for (int i = 0; i < halves.length; i++) {
            packed[i / 2] |= (byte) (halves[i] << i % 2 * 4);
        }
        return packed;
    }
}
