package dev.graft.tensor;

import java.nio.ByteBuffer;

/**
 * Decodes the four floating-point formats to double, and rounds double to them once, to nearest, ties to even.
 *
 * <p>Rounding goes from double straight to the target: a detour through float would round twice. Overflow gives an infinity,
 * as IEEE 754 wants; a NaN stays a NaN. Buffers must be little-endian.
 */
public final class FloatFormat {
    private FloatFormat() {}

    /** Decodes {@code count} elements from the buffer's position on, which moves on. */
    public static void decode(DType type, ByteBuffer source, double[] target, int offset, int count) {
        int end = offset + count;
        switch (type) {
            case FLOAT64 -> {
                for (int i = offset; i < end; i++) {
                    target[i] = source.getDouble();
                }
            }
            case FLOAT32 -> {
                for (int i = offset; i < end; i++) {
                    target[i] = source.getFloat();
                }
            }
            case FLOAT16 -> {
                for (int i = offset; i < end; i++) {
                    target[i] = halfToDouble(source.getShort());
                }
            }
            case BFLOAT16 -> {
                for (int i = offset; i < end; i++) {
                    target[i] = Float.intBitsToFloat(source.getShort() << 16);
                }
            }
            default -> throw new IllegalArgumentException("not a floating-point type: " + type);
        }
    }

    /** Rounds {@code count} elements into the buffer, whose position moves on. */
    public static void encode(DType type, double[] source, int offset, int count, ByteBuffer target) {
        int end = offset + count;
        switch (type) {
            case FLOAT64 -> {
                for (int i = offset; i < end; i++) {
                    target.putDouble(source[i]);
                }
            }
            case FLOAT32 -> {
                for (int i = offset; i < end; i++) {
                    target.putFloat((float) source[i]);
                }
            }
            case FLOAT16 -> {
                for (int i = offset; i < end; i++) {
                    target.putShort(doubleToHalf(source[i]));
                }
            }
            case BFLOAT16 -> {
                for (int i = offset; i < end; i++) {
                    target.putShort(doubleToBfloat16(source[i]));
                }
            }
            default -> throw new IllegalArgumentException("not a floating-point type: " + type);
        }
    }

    /** The value of an IEEE 754 binary16. */
    public static double halfToDouble(short bits) {
        int exponent = bits >>> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        double magnitude;
        if (exponent == 0) {
            magnitude = mantissa * 0x1p-24;
        } else if (exponent == 31) {
            magnitude = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else {
            magnitude = Double.longBitsToDouble((long) (exponent - 15 + 1023) << 52 | (long) mantissa << 42);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    /** The binary16 nearest to a double. */
    public static short doubleToHalf(double value) {
        return (short) roundTo(value, 10, 15);
    }

    /** The bfloat16 nearest to a double. */
    public static short doubleToBfloat16(double value) {
        return (short) roundTo(value, 7, 127);
    }

    /** Rounds to a 16-bit format with {@code mantissaBits} and exponent bias {@code bias}. */
    private static int roundTo(double value, int mantissaBits, int bias) {
        long bits = Double.doubleToRawLongBits(value);
        int sign = (int) (bits >>> 63) << 15;
        int exponentMask = (1 << 15 - mantissaBits) - 1;
        if (Double.isNaN(value)) {
            return sign | exponentMask << mantissaBits | 1 << mantissaBits - 1;
        }
        int exponent = (int) (bits >>> 52 & 0x7ff) - 1023 + bias;
        if (exponent >= exponentMask) {
            return sign | exponentMask << mantissaBits;
        }
        long mantissa = bits & 0xfffffffffffffL;
        int drop = 52 - mantissaBits;
        long kept;
        if (exponent <= 0) {
            // subnormal in the target: the hidden bit becomes explicit and more bits fall off
            int shift = Math.min(drop + 1 - exponent, 63);
            kept = shiftRightToNearestEven(mantissa | 1L << 52, shift);
        } else {
            // a carry out of the mantissa moves into the exponent, up to infinity, as it should
            kept = shiftRightToNearestEven((long) exponent << 52 | mantissa, drop);
        }
        return sign | (int) kept;
    }

    private static long shiftRightToNearestEven(long value, int shift) {
        long half = 1L << shift - 1;
        long rest = value & (half << 1) - 1;
        long kept = value >>> shift;
        return rest > half || rest == half && (kept & 1) == 1 ? kept + 1 : kept;
    }
}
