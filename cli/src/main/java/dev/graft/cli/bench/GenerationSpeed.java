package dev.graft.cli.bench;

import dev.graft.compiler.attach.AttachOptions;
import dev.graft.compiler.attach.AttachReport;
import dev.graft.compiler.attach.AttachStyle;
import dev.graft.compiler.attach.Attacher;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.io.TemporaryFolder;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.generate.BatchedDecoder;
import dev.graft.runtime.generate.Decoder;
import dev.graft.runtime.generate.TextModel;
import dev.graft.runtime.generate.sampling.SamplingSettings;
import dev.graft.runtime.generate.sampling.TokenSampler;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Measures how fast a model generates: with its cache and without, with an adapter merged and attached, and several texts in one batch, in turn and in one run.
 *
 * @param tokens tokens of a text, all but the first of them generated
 * @param rounds texts of each way; the fastest counts
 * @param threads threads of each session; 0 lets ONNX Runtime choose
 */
public record GenerationSpeed(int tokens, int rounds, int threads) {
    static final long FIRST_TOKEN = 1;

    /**
     * One way of generating.
     *
     * @param name what it is
     * @param tokensPerSecond of the fastest text, or of all texts of the fastest batch together
     * @param timeToFirstToken of the same, in seconds
     */
    public record Row(String name, double tokensPerSecond, double timeToFirstToken) {}

    private record Contender(String name, Supplier<Row> way) {}

    /** Measures the base alone, and with an adapter in every form if there is one. */
    public List<Row> measure(Path base, Optional<Resolution> resolution, Progress progress) {
        try (TemporaryFolder folder = TemporaryFolder.create("bench");
                Sessions sessions = new Sessions(base, SessionSettings.DEFAULT.withIntraOpThreads(threads))) {
            List<Contender> contenders = new ArrayList<>();
            TextModel plain = sessions.open(base, Optional.empty());
            if (plain.cache().isPresent()) {
                contenders.add(contender("base, cache", plain::decoder));
            }
            contenders.add(contender("base, no cache", plain::decoderWithoutCache));
            resolution.ifPresent(found -> contenders.addAll(adapted(found, sessions, folder.path())));
            resolution
                    .filter(AdapterPerRow::fits)
                    .ifPresent(found -> contenders.addAll(batchedIfPossible(found, sessions, folder.path())));
            return measure(contenders, progress);
        }
    }

    private List<Contender> adapted(Resolution resolution, Sessions sessions, Path folder) {
        Path name = resolution.model().file().getFileName();
        Path merged = folder.resolve("merged").resolve(name);
        Merger.merge(resolution, merged, new MergeOptions(true, false, 2), Progress.NONE);
        List<Contender> contenders = new ArrayList<>();
        contenders.add(contender("merged", sessions.open(merged, Optional.empty())::decoder));
        for (AttachStyle style : List.of(AttachStyle.CONSTANT, AttachStyle.INPUT)) {
            Path attached = folder.resolve("attached-" + style).resolve(name);
            AttachReport report =
                    Attacher.attach(resolution, attached, AttachOptions.DEFAULT.withStyle(style), Progress.NONE);
            TextModel model = sessions.open(attached, report.adapter());
            contenders.add(contender("attached, " + style.toString().toLowerCase(Locale.ROOT), model::decoder));
        }
        return contenders;
    }

    /** Nothing where the model takes one text only. */
    private List<Contender> batchedIfPossible(Resolution resolution, Sessions sessions, Path folder) {
        try {
            return batched(resolution, sessions, folder);
        } catch (GraftException e) {
            if (e.code() == ErrorCode.ONNX_UNSUPPORTED || e.code() == ErrorCode.ATTACH_UNSUPPORTED) {
                return List.of();
            }
            throw e;
        }
    }

    /** The same model with one text and with many, so that what batching gains is told apart from what slots cost. */
    private List<Contender> batched(Resolution resolution, Sessions sessions, Path folder) {
        Path file = folder.resolve("batched").resolve(resolution.model().file().getFileName());
        AdapterPerRow each = new AdapterPerRow(BatchedTexts.MOST);
        Attacher.attach(resolution, file, each.options(resolution), Progress.NONE);
        BatchedModel model = sessions.openBatched(file);
        BatchedDecoder decoder = BatchedDecoder.over(model, ModelFolderHints.read(sessions.base, model.inputs()));
        List<SlotAdapter> adapters = each.of(resolution, model);
        BatchedTexts one = new BatchedTexts(decoder, adapters.subList(0, 1), tokens);
        BatchedTexts many = new BatchedTexts(decoder, adapters, tokens);
        return List.of(
                new Contender("batched, one text", () -> one.generate("batched, one text")),
                new Contender(BatchedTexts.NAME, () -> many.generate(BatchedTexts.NAME)));
    }

    private List<Row> measure(List<Contender> contenders, Progress progress) {
        Row[] best = new Row[contenders.size()];
        progress.begin("generating", (long) rounds * best.length);
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < best.length; i++) {
                Row row = contenders.get(i).way().get();
                best[i] = best[i] == null || row.tokensPerSecond() > best[i].tokensPerSecond() ? row : best[i];
                progress.advance(1);
            }
        }
        progress.end();
        return List.of(best);
    }

    private Contender contender(String name, Supplier<Decoder> decoder) {
        return new Contender(name, () -> generate(name, decoder));
    }

    private Row generate(String name, Supplier<Decoder> opened) {
        TokenSampler sampler = TokenSampler.of(SamplingSettings.GREEDY);
        long[] text = {FIRST_TOKEN};
        long begin = System.nanoTime();
        long first = begin;
        try (Decoder decoder = opened.get()) {
            decoder.reserve(tokens);
            while (text.length < tokens) {
                long next = sampler.choose(decoder.nextLogits(text));
                first = text.length == 1 ? System.nanoTime() : first;
                text = Arrays.copyOf(text, text.length + 1);
                text[text.length - 1] = next;
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Row(name, (tokens - 1) / seconds, (first - begin) / 1e9);
    }

    /** The open sessions. */
    private static final class Sessions implements AutoCloseable {
        private final Path base;
        private final SessionSettings settings;
        private final List<ModelSession> open = new ArrayList<>();

        private Sessions(Path base, SessionSettings settings) {
            this.base = base;
            this.settings = settings;
        }

        private TextModel open(Path model, Optional<Path> adapter) {
            ModelSession session = ModelSession.open(model, settings);
            open.add(session);
            InputHints hints = ModelFolderHints.read(base, session.inputs());
            List<LoadedAdapter> adapters =
                    adapter.map(file -> List.of(session.loadAdapter(file))).orElse(List.of());
            return TextModel.over(session, adapters, hints);
        }

        private BatchedModel openBatched(Path model) {
            ModelSession session = ModelSession.open(model, settings);
            open.add(session);
            return BatchedModel.of(session);
        }

        @Override
        public void close() {
            open.forEach(ModelSession::close);
        }
    }
}
