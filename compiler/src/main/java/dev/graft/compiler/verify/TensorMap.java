package dev.graft.compiler.verify;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.TensorIndex;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Which bytes of a file are tensor data. */
final class TensorMap {
    /** End of each run of tensor data by its start; runs that overlap are joined. */
    private final TreeMap<Long, Long> runs = new TreeMap<>();

    TensorMap(Path file, TensorTable table) {
        for (TensorIndex tensor : table.tensors().values()) {
            for (ByteRegion run : tensor.runs()) {
                if (run.file().equals(file) && run.length() > 0) {
                    add(run.offset(), run.end());
                }
            }
        }
    }

    /** A stretch of bytes. */
    interface Stretch {
        void at(long from, long to);
    }

    /** Calls for each stretch between {@code from} and {@code to} that is no tensor data. */
    void forEachGap(long from, long to, Stretch gap) {
        long at = from;
        Map.Entry<Long, Long> before = runs.floorEntry(from);
        if (before != null) {
            at = Math.max(at, before.getValue());
        }
        for (Map.Entry<Long, Long> run : runs.subMap(from, false, to, false).entrySet()) {
            if (run.getKey() > at) {
                gap.at(at, run.getKey());
            }
            at = Math.max(at, run.getValue());
        }
        if (at < to) {
            gap.at(at, to);
        }
    }

    private void add(long from, long to) {
        long start = from;
        long end = to;
        Map.Entry<Long, Long> before = runs.floorEntry(start);
        if (before != null && before.getValue() >= start) {
            start = before.getKey();
            end = Math.max(end, before.getValue());
        }
        Map.Entry<Long, Long> next = runs.higherEntry(start);
        while (next != null && next.getKey() <= end) {
            end = Math.max(end, next.getValue());
            runs.remove(next.getKey());
            next = runs.higherEntry(start);
        }
        runs.put(start, end);
    }
}
