package dev.graft.cli.verify;

import dev.graft.cli.verify.Verification.Region;
import dev.graft.cli.verify.Verification.Structure;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.testkit.difference.StoredTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What differs between a model and another that should differ in some tensors only, byte by byte over all files.
 *
 * <p>The tensors that may differ cut each file into regions; bytes between them must be equal. So an equal architecture is a fact
 * about bytes: nothing of the graph is compared by meaning.
 */
final class ByteDifferences {
    private static final int MOST_PLACES = 20;

    private final Map<TensorIndex, String> names = new LinkedHashMap<>();
    private final Set<TensorIndex> mayDiffer;
    private final List<Region> regions = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();
    private long compared;
    private long changed;

    private ByteDifferences(ModelIndex expected, Set<TensorIndex> mayDiffer) {
        this.mayDiffer = mayDiffer;
        StoredTensors.of(expected).forEach((name, tensor) -> names.put(tensor, name));
    }

    /**
     * Compares all files of two models.
     *
     * @param mayDiffer tensors of the expected model whose bytes may differ
     */
    static Structure between(ModelIndex expected, Path actual, Set<TensorIndex> mayDiffer) {
        ByteDifferences differences = new ByteDifferences(expected, mayDiffer);
        differences.compareFiles(expected.file(), actual);
        expected.dataFiles().forEach((location, file) -> differences.compareFiles(
                file, actual.toAbsolutePath().resolveSibling(location)));
        return new Structure(
                differences.compared, differences.changed, differences.regions, differences.unexpected);
    }

    private void compareFiles(Path from, Path to) {
        if (!Files.isRegularFile(to)) {
            unexpected.add("the file " + to.getFileName() + " is missing");
            return;
        }
        long size = size(from);
        if (size != size(to)) {
            unexpected.add(to.getFileName() + " has " + size(to) + " bytes, expected " + size
                    + ": it has another architecture, or was written by another tool");
            return;
        }
        try (FilePair pair = FilePair.open(from, to)) {
            compare(pair, size);
        }
    }

    private void compare(FilePair pair, long size) {
        long at = 0;
        for (Run run : runsOf(pair.expected())) {
            compareFixed(pair, at, run.region().offset());
            compareTarget(pair, run);
            at = Math.max(at, run.region().end());
        }
        compareFixed(pair, at, size);
        compared += size;
    }

    /** Bytes that must be equal. */
    private void compareFixed(FilePair pair, long from, long to) {
        FilePair.Difference difference = pair.difference(from, to);
        if (difference.count() == 0) {
            return;
        }
        changed += difference.count();
        if (unexpected.size() < MOST_PLACES) {
            unexpected.add(describe(pair, difference));
        }
    }

    private String describe(FilePair pair, FilePair.Difference difference) {
        String owner = names.entrySet().stream()
                .filter(entry -> holds(entry.getKey(), pair.expected(), difference.first()))
                .map(entry -> "in tensor '" + entry.getValue() + "'")
                .findFirst()
                .orElse("in the graph itself");
        String bytes = difference.count() == 1 ? "1 byte differs" : difference.count() + " bytes differ";
        return bytes + " outside the targets, the first at byte " + difference.first() + " of "
                + pair.actual().getFileName() + ", " + owner;
    }

    private static boolean holds(TensorIndex tensor, Path file, long offset) {
        return tensor.runs().stream()
                .anyMatch(run -> run.file().equals(file) && run.offset() <= offset && offset < run.end());
    }

    private void compareTarget(FilePair pair, Run run) {
        ByteRegion region = run.region();
        long count = pair.difference(region.offset(), region.end()).count();
        changed += count;
        regions.add(new Region(
                run.tensor(),
                String.valueOf(region.file().getFileName()),
                region.offset(),
                region.length(),
                count,
                pair.sha256OfExpected(region.offset(), region.end()),
                pair.sha256OfActual(region.offset(), region.end())));
    }

    private List<Run> runsOf(Path file) {
        return mayDiffer.stream()
                .flatMap(tensor -> tensor.runs().stream().map(run -> new Run(names.getOrDefault(tensor, tensor.name()), run)))
                .filter(run -> run.region().file().equals(file))
                .sorted(Comparator.comparingLong(run -> run.region().offset()))
                .toList();
    }

    private record Run(String tensor, ByteRegion region) {}

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
