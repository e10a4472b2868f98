package dev.graft.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the formats' definitions: a table of all values, and a search in it for the nearest. */
class FloatFormatTest {
    /** The value of a 16-bit pattern by IEEE 754's definition, in exact decimal arithmetic. */
    private static double defined(int pattern, int mantissaBits, int bias) {
        int exponentMask = (1 << 15 - mantissaBits) - 1;
        int exponent = pattern >> mantissaBits & exponentMask;
        int mantissa = pattern & (1 << mantissaBits) - 1;
        BigDecimal two = BigDecimal.valueOf(2);
        BigDecimal fraction = BigDecimal.valueOf(mantissa + (exponent == 0 ? 0 : 1 << mantissaBits));
        int power = Math.max(exponent, 1) - bias - mantissaBits;
        BigDecimal magnitude = power >= 0 ? fraction.multiply(two.pow(power)) : fraction.divide(two.pow(-power));
        return (pattern >> 15 & 1) == 1 ? -magnitude.doubleValue() : magnitude.doubleValue();
    }

    private static boolean isFinite(int pattern, int mantissaBits) {
        int exponentMask = (1 << 15 - mantissaBits) - 1;
        return (pattern >> mantissaBits & exponentMask) != exponentMask;
    }

    /** The finite values that are not negative, in order: value number i has pattern i. */
    private static double[] table(int mantissaBits, int bias) {
        int count = 0;
        while (isFinite(count, mantissaBits)) {
            count++;
        }
        double[] table = new double[count];
        for (int pattern = 0; pattern < count; pattern++) {
            table[pattern] = defined(pattern, mantissaBits, bias);
        }
        return table;
    }

    /** The pattern of the nearest value, ties to the even pattern, overflow from half a step beyond the largest on. */
    private static int nearest(double value, double[] table) {
        int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(value);
        int last = table.length - 1;
        double step = table[last] - table[last - 1];
        if (magnitude >= table[last] + step / 2) {
            return sign | table.length;
        }
        int low = 0;
        int high = last;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (table[middle] <= magnitude) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        if (low == last) {
            return sign | last;
        }
        int side = new BigDecimal(magnitude)
                .subtract(new BigDecimal(table[low]))
                .compareTo(new BigDecimal(table[low + 1]).subtract(new BigDecimal(magnitude)));
        boolean up = side > 0 || side == 0 && low % 2 == 1;
        return sign | (up ? low + 1 : low);
    }

    @Test
    void everyHalfHasItsDefinedValueAndSurvivesTheRoundTrip() {
        for (int pattern = 0; pattern < 1 << 16; pattern++) {
            double value = FloatFormat.halfToDouble((short) pattern);
            if (isFinite(pattern, 10)) {
                assertThat(Double.doubleToRawLongBits(value))
                        .as("pattern %x", pattern)
                        .isEqualTo(Double.doubleToRawLongBits(defined(pattern, 10, 15)));
            }
            if (!Double.isNaN(value)) {
                assertThat(FloatFormat.doubleToHalf(value)).isEqualTo((short) pattern);
            }
        }
    }

    @Test
    void everyBfloat16SurvivesTheRoundTrip() {
        for (int pattern = 0; pattern < 1 << 16; pattern++) {
            double value = Float.intBitsToFloat(pattern << 16);
            if (!Double.isNaN(value)) {
                assertThat(FloatFormat.doubleToBfloat16(value))
                        .as("pattern %x", pattern)
                        .isEqualTo((short) pattern);
            }
        }
    }

    @Test
    void infinitiesAndNotANumberStayWhatTheyAre() {
        assertThat(FloatFormat.halfToDouble((short) 0x7c00)).isInfinite().isPositive();
        assertThat(FloatFormat.halfToDouble((short) 0xfc00)).isInfinite().isNegative();
        assertThat(FloatFormat.halfToDouble((short) 0x7c01)).isNaN();
        assertThat(FloatFormat.doubleToHalf(Double.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
        assertThat(FloatFormat.halfToDouble(FloatFormat.doubleToHalf(Double.NaN)))
                .isNaN();
        assertThat(Float.intBitsToFloat(FloatFormat.doubleToBfloat16(Double.NaN) << 16))
                .isNaN();
        assertThat(FloatFormat.doubleToBfloat16(Double.POSITIVE_INFINITY)).isEqualTo((short) 0x7f80);
    }

    @Test
    void betweenTwoNeighboursTheNearestWinsAndATieGoesToTheEvenOne() {
        double[] halves = table(10, 15);
        double[] bfloats = table(7, 127);
        for (int i = 0; i < halves.length; i++) {
            checkAround(halves, i, value -> FloatFormat.doubleToHalf(value) & 0xffff);
        }
        for (int i = 0; i < bfloats.length; i++) {
            checkAround(bfloats, i, value -> FloatFormat.doubleToBfloat16(value) & 0xffff);
        }
    }

    private static void checkAround(double[] table, int i, java.util.function.ToIntFunction<Double> round) {
        double next = i + 1 < table.length ? table[i + 1] : 2 * table[i] - table[i - 1];
        double middle = table[i] + (next - table[i]) / 2;
        for (double value :
                new double[] {table[i], Math.nextUp(table[i]), Math.nextDown(middle), middle, Math.nextUp(middle)}) {
            assertThat(round.applyAsInt(value)).as("%a", value).isEqualTo(nearest(value, table));
            assertThat(round.applyAsInt(-value)).as("%a", -value).isEqualTo(nearest(-value, table));
        }
    }

    @Test
    void aDetourThroughFloatWouldRoundTwice() {
        double justAboveATie = 1 + 0x1p-11 + 0x1p-40;

        assertThat(FloatFormat.doubleToHalf((float) justAboveATie)).isEqualTo((short) 0x3c00);
        assertThat(FloatFormat.doubleToHalf(justAboveATie)).isEqualTo((short) 0x3c01);
    }

    @Test
    void randomDoublesOfAllSizesRoundToTheNearest() {
        double[] halves = table(10, 15);
        double[] bfloats = table(7, 127);
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            double half = Math.scalb(random.nextDouble() - 0.5, random.nextInt(50) - 30);
            double bfloat = Math.scalb(random.nextDouble() - 0.5, random.nextInt(280) - 140);
            assertThat(FloatFormat.doubleToHalf(half) & 0xffff).as("%a", half).isEqualTo(nearest(half, halves));
            assertThat(FloatFormat.doubleToBfloat16(bfloat) & 0xffff)
                    .as("%a", bfloat)
                    .isEqualTo(nearest(bfloat, bfloats));
        }
    }
}
