package dev.graft.training.data;

import java.util.List;
import java.util.Optional;

/** What is counted while rows are read. */
final class RowCounts {
    private long rows;
    private long cut;
    private long tokens;
    private long counted;
    private int longest;

    void add(int length, long labels, boolean wasCut) {
        rows++;
        cut += wasCut ? 1 : 0;
        tokens += length;
        counted += labels;
        longest = Math.max(longest, length);
    }

    long rows() {
        return rows;
    }

    DataReport report(BadRows bad, List<String> classNames, Optional<String> template) {
        return new DataReport(rows, bad.count(), bad.listed(), cut, tokens, counted, longest, classNames, template);
    }
}
