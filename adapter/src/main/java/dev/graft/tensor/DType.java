package dev.graft.tensor;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A number format, with its names in safetensors and ONNX ({@code TensorProto.DataType}). */
public enum DType {
    FLOAT64("F64", 11, 64),
    FLOAT32("F32", 1, 32),
    FLOAT16("F16", 10, 16),
    BFLOAT16("BF16", 16, 16),
    INT64("I64", 7, 64),
    INT32("I32", 6, 32),
    INT16("I16", 5, 16),
    INT8("I8", 3, 8),
    UINT64("U64", 13, 64),
    UINT32("U32", 12, 32),
    UINT16("U16", 4, 16),
    UINT8("U8", 2, 8),
    BOOL("BOOL", 9, 8),
    STRING(null, 8, 0),
    COMPLEX64("C64", 14, 64),
    COMPLEX128(null, 15, 128),
    FLOAT8E4M3FN("F8_E4M3", 17, 8),
    FLOAT8E4M3FNUZ("F8_E4M3FNUZ", 18, 8),
    FLOAT8E5M2("F8_E5M2", 19, 8),
    FLOAT8E5M2FNUZ("F8_E5M2FNUZ", 20, 8),
    UINT4(null, 21, 4),
    INT4(null, 22, 4),
    FLOAT4E2M1("F4", 23, 4),
    FLOAT8E8M0("F8_E8M0", 24, 8),
    UINT2(null, 25, 2),
    INT2(null, 26, 2);

    private static final Map<Integer, DType> BY_ONNX =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(DType::onnxNumber, Function.identity()));
    private static final Map<String, DType> BY_SAFETENSORS = Stream.of(values())
            .filter(type -> type.safetensorsName != null)
            .collect(Collectors.toUnmodifiableMap(type -> type.safetensorsName().orElseThrow(), Function.identity()));

    private final @Nullable String safetensorsName;
    private final int onnxNumber;
    private final int bits;

    DType(@Nullable String safetensorsName, int onnxNumber, int bits) {
        this.safetensorsName = safetensorsName;
        this.onnxNumber = onnxNumber;
        this.bits = bits;
    }

    /** The type with this number in ONNX, if there is one. */
    public static Optional<DType> ofOnnxNumber(long number) {
        return number < 0 || number > Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.ofNullable(BY_ONNX.get((int) number));
    }

    /** The type with this name in safetensors, if there is one. */
    public static Optional<DType> ofSafetensorsName(String name) {
        return Optional.ofNullable(BY_SAFETENSORS.get(name));
    }

    /** The name in safetensors, if the format has the type. */
    public Optional<String> safetensorsName() {
        return Optional.ofNullable(safetensorsName);
    }

    /** The number in ONNX. */
    public int onnxNumber() {
        return onnxNumber;
    }

    /** Bits of one element; 0 for strings. */
    public int bits() {
        return bits;
    }

    /** Whether this is one of the four floating-point types that weights are merged in. */
    public boolean isFloat() {
        return this == FLOAT64 || this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
    }

    /** Whether elements are whole bytes. */
    public boolean isByteSized() {
        return bits >= 8;
    }

    /**
     * The bytes that this many elements take, packed.
     *
     * @throws ArithmeticException if the size does not fit into a long
     */
    public long byteSize(long elements) {
        return Math.addExact(Math.multiplyExact(elements / 8, (long) bits), (elements % 8 * bits + 7) / 8);
    }

    /**
     * The unit roundoff: half of the distance from 1 to the next larger number, the largest relative error of one rounding.
     *
     * @throws IllegalArgumentException if this is no floating-point type that weights are merged in
     */
    public double unitRoundoff() {
        return switch (this) {
            case FLOAT64 -> 0x1p-53;
            case FLOAT32 -> 0x1p-24;
            case FLOAT16 -> 0x1p-11;
            case BFLOAT16 -> 0x1p-8;
            default -> throw new IllegalArgumentException("no roundoff: " + this);
        };
    }

    /** The name as people write it: {@code float32}. */
    public String displayName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
