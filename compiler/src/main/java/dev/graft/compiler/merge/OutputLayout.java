package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.FileBytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of the output, and the tasks that fill them. */
final class OutputLayout {
    private static final long COPY_BYTES = 8L << 20;

    private final List<FileLayout> files = new ArrayList<>();
    private final Map<Path, Long> sizes = new LinkedHashMap<>();
    private final List<MergeTask> tasks = new ArrayList<>();
    private final List<MergeTask.Literal> literals = new ArrayList<>();

    private OutputLayout() {}

    /** Lays out a merge; {@code output} is the model file to write. */
    static OutputLayout of(ModelIndex model, Path output, MergePlan plan, Unsharing unsharing) {
        OutputLayout layout = new OutputLayout();
        layout.addFiles(model, output, unsharing);
        layout.addInPlace(plan.inPlace());
        layout.addCopies(unsharing);
        return layout;
    }

    /** The size of each file, the model's first. */
    Map<Path, Long> sizes() {
        return sizes;
    }

    /** What is known beforehand; written first, because computed tensors may take places in it. */
    List<MergeTask.Literal> literals() {
        return literals;
    }

    /** What there is to do, roughly in the order of the files. */
    List<MergeTask> tasks() {
        return tasks;
    }

    private void addFiles(ModelIndex model, Path output, Unsharing unsharing) {
        add(new FileLayout(model.file(), model.fileSize(), output, unsharing.splices()));
        for (Map.Entry<String, Path> file : model.dataFiles().entrySet()) {
            Path destination = output.resolveSibling(file.getKey()).normalize();
            Path source = file.getValue();
            boolean known = files.stream()
                    .anyMatch(each -> each.destination().equals(destination)
                            && each.source().equals(source));
            if (!known) {
                add(new FileLayout(source, FileBytes.of(source).size(), destination, List.of()));
            }
        }
    }

    private void add(FileLayout file) {
        addNew(file.destination(), file.outputSize());
        files.add(file);
    }

    private void addNew(Path destination, long size) {
        if (sizes.putIfAbsent(destination, size) != null) {
            throw new GraftException(
                    ErrorCode.USAGE,
                    "the output would have two files of this name",
                    Location.ofFile(destination),
                    "Name the output unlike the model's data files.");
        }
    }

    private void addInPlace(List<TensorEdit> edits) {
        Map<Path, List<Item>> items = new HashMap<>();
        Map<Path, List<ByteRegion>> computed = new HashMap<>();
        for (TensorEdit edit : edits) {
            List<ByteRegion> destination = new ArrayList<>();
            for (ByteRegion run : edit.source()) {
                FileLayout file = layoutOf(run.file());
                destination.add(new ByteRegion(file.destination(), file.place(run.offset()), run.length()));
                computed.computeIfAbsent(run.file(), path -> new ArrayList<>()).add(run);
            }
            List<MergeTask> units = Unit.unitsOf(edit).stream()
                    .map(unit -> (MergeTask) new MergeTask.Compute(unit, destination))
                    .toList();
            if (!units.isEmpty()) {
                ByteRegion first = edit.source().get(0);
                items.computeIfAbsent(first.file(), path -> new ArrayList<>()).add(new Item(first.offset(), units));
            }
        }
        for (FileLayout file : files) {
            List<Item> own = items.getOrDefault(file.source(), new ArrayList<>());
            file.copied(computed.getOrDefault(file.source(), List.of()))
                    .forEach(region -> own.add(new Item(region.offset(), copies(file, region))));
            own.sort(Comparator.comparingLong(Item::offset));
            own.forEach(item -> tasks.addAll(item.tasks));
            for (Splice splice : file.splices()) {
                literals.add(new MergeTask.Literal(splice.bytes(), file.destination(), file.placeOf(splice)));
            }
        }
    }

    private record Item(long offset, List<MergeTask> tasks) {}

    private static List<MergeTask> copies(FileLayout file, ByteRegion region) {
        List<MergeTask> copies = new ArrayList<>();
        for (long done = 0; done < region.length(); done += COPY_BYTES) {
            long now = Math.min(COPY_BYTES, region.length() - done);
            ByteRegion piece = new ByteRegion(region.file(), region.offset() + done, now);
            copies.add(new MergeTask.Copy(piece, file.destination(), file.place(piece.offset())));
        }
        return copies;
    }

    private void addCopies(Unsharing unsharing) {
        unsharing.dataFile().ifPresent(file -> addNew(file, unsharing.dataSize()));
        FileLayout main = files.get(0);
        for (Unsharing.Place place : unsharing.places()) {
            long length = place.edit()
                    .tensor()
                    .dtype()
                    .byteSize(place.edit().tensor().shape().elements());
            ByteRegion region = place.splice()
                    .map(splice -> new ByteRegion(main.destination(), main.placeOf(splice) + place.offset(), length))
                    .orElseGet(() -> new ByteRegion(unsharing.dataFile().orElseThrow(), place.offset(), length));
            Unit.unitsOf(place.edit()).forEach(unit -> tasks.add(new MergeTask.Compute(unit, List.of(region))));
        }
    }

    private FileLayout layoutOf(Path source) {
        return files.stream()
                .filter(file -> file.source().equals(source))
                .findFirst()
                .orElseThrow(() -> new GraftException(
                        ErrorCode.INTERNAL,
                        "a tensor lies in a file that the index does not list",
                        Location.ofFile(source),
                        ""));
    }
}
