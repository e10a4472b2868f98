package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How a file of the output follows from a file of the base: the same bytes, but for splices and for tensors that are computed.
 *
 * @param source the base's file
 * @param size its size
 * @param destination the output's file
 * @param splices what is inserted and replaced, by position, none overlapping
 */
record FileLayout(Path source, long size, Path destination, List<Splice> splices) {
    FileLayout {
        splices = splices.stream()
                .sorted(Comparator.comparingLong(Splice::position))
                .toList();
    }

    /** The size of the output's file. */
    long outputSize() {
        return size + splices.stream().mapToLong(Splice::growth).sum();
    }

    /** Where a byte of the base's file, one that is not deleted, comes to lie. */
    long place(long offset) {
        long place = offset;
        for (Splice splice : splices) {
            if (splice.end() > offset) {
                break;
            }
            place += splice.growth();
        }
        return place;
    }

    /** Where the new bytes of a splice come to lie. */
    long placeOf(Splice splice) {
        long place = splice.position();
        for (Splice each : splices) {
            if (each.equals(splice)) {
                break;
            }
            place += each.growth();
        }
        return place;
    }

    /** What is copied: everything but the given regions and what splices delete. */
    List<ByteRegion> copied(List<ByteRegion> computed) {
        List<ByteRegion> holes = new ArrayList<>(computed);
        splices.forEach(splice -> holes.add(new ByteRegion(source, splice.position(), splice.deleted())));
        holes.sort(Comparator.comparingLong(ByteRegion::offset).thenComparingLong(ByteRegion::length));
        List<ByteRegion> copied = new ArrayList<>();
        long at = 0;
        for (ByteRegion hole : holes) {
            if (hole.offset() > at) {
                copied.add(new ByteRegion(source, at, hole.offset() - at));
            }
            at = Math.max(at, hole.end());
        }
        if (at < size) {
            copied.add(new ByteRegion(source, at, size - at));
        }
        return copied;
    }
}
