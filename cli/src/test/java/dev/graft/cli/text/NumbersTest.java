package dev.graft.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource({"0, 0 B", "999, 999 B", "1000, 1.0 kB", "12345, 12 kB", "999999, 1.0 MB", "6000000000, 6.0 GB"})
    void bytesAreDecimal(long bytes, String text) {
        assertThat(Numbers.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "2, 2",
        "0.25, 0.25",
        "1.41421356, 1.41",
        "123.4, 123",
        "0.0000012, 1.20e-06",
        "-0.5, -0.5",
        "NaN, -",
        "Infinity, inf"
    })
    void numbersKeepThreeDigits(double value, String text) {
        assertThat(Numbers.significant(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 %", "1, 100 %", "0.00001, < 0.1 %", "0.99999, > 99.9 %", "0.123, 12.3 %"})
    void onlyNoneAndAllAreShownAsSuch(double fraction, String text) {
        assertThat(Numbers.percent(fraction)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 s",
        "0.000042, 42 us",
        "0.00042, 420 us",
        "0.0042, 4.20 ms",
        "0.42, 420 ms",
        "4.2, 4.2 s",
        "420, 420 s"
    })
    void durationsHaveTheirUnit(double seconds, String text) {
        assertThat(Numbers.seconds(seconds)).isEqualTo(text);
    }
}
