package dev.graft.runtime.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyReportTest {
    @Test
    void timesAreSummedUpAndComparedWithTheFirst() {
        long[] hundred =
                LongStream.rangeClosed(1, 100).map(i -> (101 - i) * 1_000_000).toArray();
        long[] three = {9_000_000, 2_000_000, 4_000_000};

        LatencyReport report = LatencyReport.of(List.of("base", "merged"), new long[][] {three, hundred});

        assertThat(report.row("base")).isEqualTo(new LatencyReport.Row("base", 3, 2, 4, 9, 1, 1));
        assertThat(report.row("merged").minimum()).isEqualTo(1);
        assertThat(report.row("merged").median()).isEqualTo(50.5);
        assertThat(report.row("merged").percentile99()).isEqualTo(99);
        assertThat(report.row("merged").minimumRatio()).isEqualTo(0.5);
        assertThat(report.row("merged").medianRatio()).isCloseTo(50.5 / 4, within(1e-12));
    }

    @Test
    void theTableLinesUp() {
        LatencyReport report = LatencyReport.of(List.of("base", "attached"), new long[][] {{1_000_000}, {1_250_000}});

        assertThat(report.toTable().lines())
                .containsExactly(
                        "model        min ms  median ms     p99 ms      min   median",
                        "base          1.000      1.000      1.000   1.000x   1.000x",
                        "attached      1.250      1.250      1.250   1.250x   1.250x");
    }

    @Test
    void anUnknownContenderIsNamed() {
        LatencyReport report = LatencyReport.of(List.of("base"), new long[][] {{1}});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> report.row("merged"))
                .withMessage("no contender 'merged'");
    }
}
