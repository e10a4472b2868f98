package dev.graft.runtime.latency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a benchmark measured, in the order of the contenders.
 *
 * @param rows one per contender; the first is what the ratios refer to
 */
public record LatencyReport(List<Row> rows) {
    public LatencyReport {
        rows = List.copyOf(rows);
    }

    /**
     * One contender.
     *
     * @param name its name
     * @param rounds how often it ran
     * @param minimum its fastest run, in milliseconds
     * @param median the median of its runs, in milliseconds
     * @param percentile99 the time that 99 of 100 runs stay within, in milliseconds
     * @param minimumRatio its minimum over the first contender's
     * @param medianRatio its median over the first contender's
     */
    public record Row(
            String name,
            int rounds,
            double minimum,
            double median,
            double percentile99,
            double minimumRatio,
            double medianRatio) {}

    /**
     * Sums up times.
     *
     * @param nanoseconds by contender and round
     */
    static LatencyReport of(List<String> names, long[][] nanoseconds) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            long[] sorted = nanoseconds[i].clone();
            Arrays.sort(sorted);
            double minimum = sorted[0] / 1e6;
            double median = median(sorted) / 1e6;
            // nearest rank: the smallest time that at least 99 of 100 runs do not exceed
            double percentile = sorted[(sorted.length * 99 + 99) / 100 - 1] / 1e6;
            Row first = rows.isEmpty() ? null : rows.get(0);
            rows.add(new Row(
                    names.get(i),
                    sorted.length,
                    minimum,
                    median,
                    percentile,
                    first == null ? 1 : minimum / first.minimum(),
                    first == null ? 1 : median / first.median()));
        }
        return new LatencyReport(rows);
    }

    /** The row of a contender. */
    public Row row(String name) {
        return rows.stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no contender '" + name + "'"));
    }

    /** A table for people. */
    public String toTable() {
        int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        String line = "%-" + Math.max(width, 5) + "s %10s %10s %10s %8s %8s%n";
        StringBuilder table = new StringBuilder();
        table.append(String.format(Locale.ROOT, line, "model", "min ms", "median ms", "p99 ms", "min", "median"));
        for (Row row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    line,
                    row.name(),
                    milliseconds(row.minimum()),
                    milliseconds(row.median()),
                    milliseconds(row.percentile99()),
                    ratio(row.minimumRatio()),
                    ratio(row.medianRatio())));
        }
        return table.toString();
    }

    private static String milliseconds(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.3fx", value);
    }

    private static double median(long[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }
}
