package dev.graft.compiler.verify;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.verify.StructureProof.FileComparison;
import dev.graft.compiler.verify.StructureProof.TensorDifference;
import dev.graft.tensor.FileBytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The work behind {@link StructureProof#compare}. */
final class StructureComparison {
    private final ModelIndex base;
    private final ModelIndex artifact;
    private final TensorTable baseTable;
    private final TensorTable artifactTable;
    private final Map<String, TensorDifference> differences = new LinkedHashMap<>();
    private final List<ByteRegion> elsewhere = new ArrayList<>();

    StructureComparison(ModelIndex base, ModelIndex artifact) {
        this.base = base;
        this.artifact = artifact;
        this.baseTable = TensorTable.of(base);
        this.artifactTable = TensorTable.of(artifact);
    }

    StructureProof compare() {
        List<FileComparison> files = compareFiles();
        compareTensors();
        return new StructureProof(
                files,
                List.copyOf(differences.values()),
                List.copyOf(elsewhere),
                onlyIn(artifactTable.tensors().keySet(), baseTable.tensors().keySet()),
                onlyIn(baseTable.tensors().keySet(), artifactTable.tensors().keySet()),
                onlyIn(artifactTable.nodes().keySet(), baseTable.nodes().keySet()),
                onlyIn(baseTable.nodes().keySet(), artifactTable.nodes().keySet()),
                rewired(),
                protobufHash(base, baseTable),
                protobufHash(artifact, artifactTable));
    }

    private List<FileComparison> compareFiles() {
        List<FileComparison> files = new ArrayList<>();
        files.add(compareFile("model", base.file(), artifact.file()));
        Set<String> locations = new LinkedHashSet<>(base.dataFiles().keySet());
        locations.addAll(artifact.dataFiles().keySet());
        for (String location : locations) {
            Path ours = base.dataFiles().get(location);
            Path theirs = artifact.dataFiles().get(location);
            files.add(
                    ours == null || theirs == null
                            ? single(location, ours, theirs)
                            : compareFile(location, ours, theirs));
        }
        return files;
    }

    private static FileComparison single(
            String name, @org.jspecify.annotations.Nullable Path ours, @org.jspecify.annotations.Nullable Path theirs) {
        Path only = Objects.requireNonNull(ours == null ? theirs : ours);
        long size = FileBytes.of(only).size();
        String hash = new Sha256().add(new ByteRegion(only, 0, size)).hex();
        return ours == null
                ? new FileComparison(name, -1, size, "", hash)
                : new FileComparison(name, size, -1, hash, "");
    }

    /** Files of equal size are compared byte by byte where there is no tensor data. */
    private FileComparison compareFile(String name, Path ours, Path theirs) {
        long size = FileBytes.of(ours).size();
        long otherSize = FileBytes.of(theirs).size();
        ByteRegion all = new ByteRegion(ours, 0, size);
        ByteRegion others = new ByteRegion(theirs, 0, otherSize);
        String hash = new Sha256().add(all).hex();
        String otherHash = new Sha256().add(others).hex();
        if (size == otherSize && !hash.equals(otherHash)) {
            new TensorMap(theirs, artifactTable)
                    .forEachGap(
                            0,
                            size,
                            (from, to) -> DifferingBytes.scan(
                                    new ByteRegion(ours, from, to - from),
                                    new ByteRegion(theirs, from, to - from),
                                    (start, end) -> noteElsewhere(theirs, start, end)));
        }
        return new FileComparison(name, size, otherSize, hash, otherHash);
    }

    private void noteElsewhere(Path file, long start, long end) {
        int last = elsewhere.size() - 1;
        boolean continued = last >= 0
                && elsewhere.get(last).file().equals(file)
                && elsewhere.get(last).end() == start;
        if (continued) {
            ByteRegion before = elsewhere.get(last);
            elsewhere.set(last, new ByteRegion(file, before.offset(), end - before.offset()));
        } else if (elsewhere.size() < StructureProof.MOST_PLACES) {
            elsewhere.add(new ByteRegion(file, start, end - start));
        }
    }

    private void compareTensors() {
        baseTable.tensors().forEach((name, tensor) -> {
            TensorIndex other = artifactTable.tensors().get(name);
            if (other != null) {
                compareTensor(name, tensor, other);
            }
        });
    }

    private void compareTensor(String name, TensorIndex tensor, TensorIndex other) {
        ByteRegion place = other.runs().isEmpty() ? other.proto() : other.runs().get(0);
        if (tensor.dtype() != other.dtype() || !tensor.shape().equals(other.shape())) {
            differences.put(name, new TensorDifference(name, -1, place));
            return;
        }
        List<ByteRegion> ours = tensor.runs().isEmpty() ? List.of(tensor.proto()) : tensor.runs();
        List<ByteRegion> theirs = other.runs().isEmpty() ? List.of(other.proto()) : other.runs();
        long[] count = new long[1];
        List<ByteRegion> first = new ArrayList<>();
        DifferingBytes.scan(ours, theirs, (region, bytes) -> {
            count[0] += bytes;
            if (first.isEmpty()) {
                first.add(region);
            }
        });
        if (count[0] != 0) {
            differences.put(name, new TensorDifference(name, count[0], first.get(0)));
        }
    }

    private List<String> rewired() {
        List<String> rewired = new ArrayList<>();
        baseTable.nodes().forEach((name, node) -> {
            NodeIndex other = artifactTable.nodes().get(name);
            if (other != null && !node.inputs().equals(other.inputs())) {
                rewired.add(node.displayName());
            }
        });
        return rewired;
    }

    private static List<String> onlyIn(Set<String> names, Set<String> others) {
        return names.stream().filter(name -> !others.contains(name)).toList();
    }

    /** Of the model file with its tensors' inline data left out. */
    private static String protobufHash(ModelIndex model, TensorTable table) {
        Sha256 hash = new Sha256();
        new TensorMap(model.file(), table)
                .forEachGap(0, model.fileSize(), (from, to) -> hash.add(new ByteRegion(model.file(), from, to - from)));
        return hash.hex();
    }
}
