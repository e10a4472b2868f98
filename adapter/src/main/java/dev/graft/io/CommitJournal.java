package dev.graft.io;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The renames of one commit, on disk while they happen.
 *
 * <p>One line per file, the main file first: {@code INDEX TAB (old|new) TAB PATH}, where the path is relative to the output's
 * folder and {@code old} says that something stood there before; the last line is {@code end}.
 */
final class CommitJournal {
    private static final String NAME = "journal";
    private static final String END = "end";
    private static final long LARGEST = 1 << 20;

    private final Path folder;
    private final Path root;
    private final List<Entry> entries;

    /** One file: its staged name is {@code index}; {@code replaces} where something stood at the destination. */
    private record Entry(int index, boolean replaces, Path destination) {}

    private CommitJournal(Path folder, Path root, List<Entry> entries) {
        this.folder = folder;
        this.root = root;
        this.entries = entries;
    }

    static CommitJournal of(Path folder, Path root, List<Path> destinations, int mainIndex) {
        List<Entry> entries = new ArrayList<>();
        entries.add(entry(destinations, mainIndex));
        for (int i = 0; i < destinations.size(); i++) {
            if (i != mainIndex) {
                entries.add(entry(destinations, i));
            }
        }
        return new CommitJournal(folder, root, entries);
    }

    private static Entry entry(List<Path> destinations, int index) {
        return new Entry(index, OutputFiles.exists(destinations.get(index)), destinations.get(index));
    }

    static boolean exists(Path folder) {
        return OutputFiles.exists(folder.resolve(NAME));
    }

    /** Finishes or rolls back what a dead process was committing, and removes all but the lock. */
    static void recover(Path folder, Path root) {
        if (exists(folder)) {
            read(folder, root).finish();
        }
        for (Path entry : OutputFiles.list(folder)) {
            if (!entry.endsWith("lock")) {
                OutputFiles.delete(entry);
            }
        }
    }

    void write() {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            String relative = root.relativize(entry.destination).toString();
            text.append(entry.index).append('\t').append(entry.replaces ? "old" : "new");
            text.append('\t')
                    .append(relative.replace("\\", "\\\\").replace("\n", "\\n"))
                    .append('\n');
        }
        Path draft = folder.resolve(NAME + ".draft");
        try {
            Files.writeString(draft, text.append(END).append('\n'));
        } catch (IOException e) {
            throw OutputFiles.failed("write", draft, e);
        }
        OutputFiles.fsync(draft);
        OutputFiles.move(draft, folder.resolve(NAME));
        OutputFiles.fsyncFolder(folder);
    }

    /** Steps 3 to 5 of the package's page. */
    void moveIntoPlace() {
        for (Entry entry : entries) {
            if (entry.replaces) {
                OutputFiles.move(entry.destination, old(entry));
            }
        }
        if (entries.stream().anyMatch(Entry::replaces)) {
            OutputFiles.fsyncFolder(folder);
            syncDestinations();
        }
        for (Entry entry : entries.subList(1, entries.size())) {
            OutputFiles.createFolders(Objects.requireNonNull(entry.destination.getParent()));
            OutputFiles.move(staged(entry), entry.destination);
        }
        syncDestinations();
        OutputFiles.move(staged(entries.get(0)), entries.get(0).destination);
        OutputFiles.fsyncFolder(root);
    }

    /** Keeps what is committed, rolls back what is not, and removes the journal; can be repeated after a crash. */
    void finish() {
        boolean committed = !OutputFiles.exists(staged(entries.get(0)));
        if (!committed) {
            rollBack();
        }
        for (Entry entry : entries) {
            OutputFiles.delete(old(entry));
        }
        OutputFiles.delete(folder.resolve(NAME));
    }

    private void rollBack() {
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            boolean moved = i > 0 && !OutputFiles.exists(staged(entry));
            if (moved && (!entry.replaces || OutputFiles.exists(old(entry)))) {
                OutputFiles.delete(entry.destination);
            }
            if (OutputFiles.exists(old(entry))) {
                OutputFiles.move(old(entry), entry.destination);
            }
        }
        syncDestinations();
    }

    private void syncDestinations() {
        Set<Path> folders = new LinkedHashSet<>(List.of(root));
        for (Entry entry : entries) {
            folders.add(Objects.requireNonNull(entry.destination.getParent()));
        }
        folders.stream().filter(Files::isDirectory).forEach(OutputFiles::fsyncFolder);
    }

    private Path staged(Entry entry) {
        return folder.resolve(Integer.toString(entry.index));
    }

    private Path old(Entry entry) {
        return folder.resolve("old-" + entry.index);
    }

    private static CommitJournal read(Path folder, Path root) {
        Path file = folder.resolve(NAME);
        List<String> lines;
        try {
            if (Files.size(file) > LARGEST) {
                throw malformed(file);
            }
            lines = Files.readString(file, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw OutputFiles.failed("read", file, e);
        }
        if (lines.size() < 2 || !lines.get(lines.size() - 1).equals(END)) {
            throw malformed(file);
        }
        List<Entry> entries = new ArrayList<>();
        for (String line : lines.subList(0, lines.size() - 1)) {
            entries.add(parse(line, file, root));
        }
        return new CommitJournal(folder, root, entries);
    }

    private static Entry parse(String line, Path file, Path root) {
        String[] parts = line.split("\t", 3);
        if (parts.length != 3 || !parts[0].matches("\\d{1,6}") || !parts[1].matches("old|new")) {
            throw malformed(file);
        }
        Path destination = root.resolve(unescape(parts[2])).normalize();
        if (!destination.startsWith(root) || destination.equals(root)) {
            throw malformed(file);
        }
        return new Entry(Integer.parseInt(parts[0]), parts[1].equals("old"), destination);
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escaped = c == '\\' && i + 1 < text.length();
            plain.append(escaped ? text.charAt(++i) == 'n' ? '\n' : '\\' : c);
        }
        return plain.toString();
    }

    private static GraftException malformed(Path file) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "the journal of an unfinished write is damaged",
                Location.ofFile(file),
                "Look at the output, then remove the folder that the journal is in.");
    }
}
