package dev.graft.cli.bench;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.io.Progress;
import dev.graft.io.TemporaryFolder;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.inputs.SampleSize;
import dev.graft.runtime.latency.Contender;
import dev.graft.runtime.latency.LatencyBenchmark;
import dev.graft.runtime.latency.LatencyReport;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures base, merged, attached (both styles) and naive insertion against each other, in turn and in one run.
 *
 * @param rounds counted rounds
 * @param settings of each session
 */
public record LatencyComparison(int rounds, SessionSettings settings) {
    private static final int WARM_UP_PART = 10;
    private static final int SEED = 1;

    /** Which parts of the comparison are made. */
    public enum Part {
        BASE("base"),
        MERGED("merged"),
        CONSTANT("attached, constant"),
        INPUT("attached, input"),
        NAIVE("naive insertion");

        private final String displayName;

        Part(String displayName) {
            this.displayName = displayName;
        }

        /** The part in words. */
        public String displayName() {
            return displayName;
        }
    }

    /**
     * Makes all models in a temporary folder and measures them.
     *
     * @param tokens the sequence lengths to measure at, batch 1
     * @return a report per length
     */
    public Map<Integer, LatencyReport> measure(Resolution resolution, List<Integer> tokens, Progress progress) {
        Path base = resolution.model().file();
        try (TemporaryFolder folder = TemporaryFolder.create("bench");
                Sessions sessions = new Sessions(settings)) {
            sessions.open(Part.BASE.displayName(), base, Optional.empty());
            Path merged = folder.path().resolve("merged").resolve(base.getFileName());
            Merger.merge(resolution, merged, new MergeOptions(true, false, 2), Progress.NONE);
            sessions.open(Part.MERGED.displayName(), merged, Optional.empty());
            attach(sessions, resolution, folder.path(), AttachStyle.CONSTANT, Part.CONSTANT);
            attach(sessions, resolution, folder.path(), AttachStyle.INPUT, Part.INPUT);
            // beside the attached model, because external weights lie there already
            Path naive = folderOf(AttachStyle.CONSTANT, folder.path()).resolve("naive-" + base.getFileName());
            NaiveInsertion.write(resolution, naive);
            sessions.open(Part.NAIVE.displayName(), naive, Optional.empty());
            return measureAll(sessions, base, tokens, progress);
        }
    }

    private static void attach(Sessions sessions, Resolution resolution, Path folder, AttachStyle style, Part part) {
        Path attached =
                folderOf(style, folder).resolve(resolution.model().file().getFileName());
        AttachReport report =
                Attacher.attach(resolution, attached, AttachOptions.DEFAULT.withStyle(style), Progress.NONE);
        sessions.open(part.displayName(), attached, report.adapter());
    }

    private static Path folderOf(AttachStyle style, Path folder) {
        return folder.resolve("attached-" + style);
    }

    private Map<Integer, LatencyReport> measureAll(
            Sessions sessions, Path base, List<Integer> tokens, Progress progress) {
        Map<Integer, LatencyReport> reports = new LinkedHashMap<>();
        ModelSession first = sessions.entries.get(0).session();
        InputHints hints = ModelFolderHints.read(base, first.inputs());
        for (int length : tokens) {
            Map<String, HostTensor> inputs =
                    SampleInputs.of(first.inputs(), hints).make(new SampleSize(1, length), SEED);
            List<Contender> contenders = sessions.entries.stream()
                    .map(entry -> new Contender(entry.name(), entry.session(), inputs, entry.adapters()))
                    .toList();
            int warmUp = Math.max(3, rounds / WARM_UP_PART);
            reports.put(length, new LatencyBenchmark(warmUp, rounds).measure(contenders, progress));
        }
        return reports;
    }

    /** The open sessions, in the order in which they are reported. */
    private static final class Sessions implements AutoCloseable {
        private final List<Entry> entries = new ArrayList<>();
        private final SessionSettings settings;

        private Sessions(SessionSettings settings) {
            this.settings = settings;
        }

        private record Entry(String name, ModelSession session, List<LoadedAdapter> adapters) {}

        private void open(String name, Path model, Optional<Path> adapter) {
            ModelSession session = ModelSession.open(model, settings);
            entries.add(new Entry(name, session, new ArrayList<>()));
            adapter.ifPresent(file -> entries.get(entries.size() - 1).adapters().add(session.loadAdapter(file)));
        }

        @Override
        public void close() {
            for (Entry entry : entries) {
                entry.adapters().forEach(LoadedAdapter::close);
                entry.session().close();
            }
        }
    }

    /** The adapters' names, for the head of a table. */
    public static String describe(List<WeightedAdapter> adapters) {
        return String.join(
                ", ",
                adapters.stream().map(weighted -> weighted.adapter().name()).toList());
    }
}
