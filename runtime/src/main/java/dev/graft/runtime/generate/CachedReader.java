package dev.graft.runtime.generate;

import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.generate.cache.CacheRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads several texts side by side and keeps them in the model's cache, so that a step costs a token of each.
 *
 * <p>A new text is read without padding, beside those of its length. From then on it is a row of a cache that it shares with the others, of any length where the model keeps them
 * apart, else of its own length. When texts come or go the rows that stay are copied into new tensors, once.
 */
final class CachedReader implements BatchedReader {
    private final BatchedDecoder decoder;
    private final BatchedRuns runs;
    private final PaddingTrial trial;
    private final Set<CacheRows> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private List<CachedText> kept = List.of();

    CachedReader(BatchedDecoder decoder, BatchedRuns runs, PaddingTrial trial) {
        this.decoder = decoder;
        this.runs = runs;
        this.trial = trial;
    }

    @Override
    public List<double[]> nextLogits(List<long[]> texts, List<? extends @Nullable SlotAdapter> adapters)
            throws InterruptedException {
        decoder.requireReadable(texts, adapters);
        List<CachedText> all = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            all.add(new CachedText(texts.get(i), adapters.get(i)));
        }
        boolean done = false;
        try {
            List<CachedText> begun = claim(all);
            List<CachedText> fresh = new ArrayList<>(all);
            fresh.removeAll(begun);
            goOn(begun);
            begin(fresh);
            done = true;
        } finally {
            // what a run that failed has left in the cache is not known
            keep(done ? all : List.of());
        }
        return all.stream().map(CachedText::logits).toList();
    }

    /** Finds the texts that are in the cache but for their last token; two that are alike are two. */
    private List<CachedText> claim(List<CachedText> texts) {
        List<CachedText> free = new ArrayList<>(kept);
        List<CachedText> begun = new ArrayList<>();
        for (CachedText text : texts) {
            free.stream().filter(one -> one.isContinuedBy(text)).findFirst().ifPresent(before -> {
                text.moveTo(before.row());
                free.remove(before);
                begun.add(text);
            });
        }
        return begun;
    }

    private void goOn(List<CachedText> begun) throws InterruptedException {
        if (begun.isEmpty()) {
            return;
        }
        int longest =
                Collections.max(begun, Comparator.comparing(CachedText::length)).length();
        int most = runs.layout().mostRows(longest);
        for (List<CachedText> group : mayDiffer(begun, longest)
                ? groups().ofAnyLength(begun, most)
                : groups().ofOneLength(begun, length -> most)) {
            long[][] last = new long[group.size()][];
            Arrays.setAll(last, i -> new long[] {group.get(i).lastToken()});
            read(group, together(group), last, true);
        }
    }

    private boolean mayDiffer(List<CachedText> begun, int longest) throws InterruptedException {
        CachedText shortest = Collections.min(begun, Comparator.comparing(CachedText::length));
        return shortest.length() < longest && trial.passes(runs, shortest, longest - shortest.length());
    }

    /** The cache that holds these texts and no others, in this order: the one that they are in, or a new one. */
    private CacheRows together(List<CachedText> group) {
        List<CacheRows.Row> rows = group.stream().map(CachedText::row).toList();
        CacheRows first = rows.get(0).cache();
        if (first.rows().equals(rows) && first.hasRoomFor(1)) {
            return first;
        }
        int longest = rows.stream().mapToInt(CacheRows.Row::length).max().orElse(0);
        return moved(group, CacheRows.join(runs.layout(), rows, 1 + longest / 2));
    }

    private void begin(List<CachedText> fresh) throws InterruptedException {
        ReadingPieces pieces = runs.pieces();
        for (List<CachedText> group : groups().ofOneLength(
                        fresh,
                        length -> Math.min(pieces.texts(length), runs.layout().mostRows(length)))) {
            int length = group.get(0).length();
            CacheRows cache = moved(group, CacheRows.empty(runs.layout(), group.size(), length + 1));
            int from = 0;
            while (from < length) {
                int start = from;
                int to = from + pieces.next(length - from);
                long[][] ids = new long[group.size()][];
                Arrays.setAll(ids, i -> group.get(i).tokens(start, to));
                read(group, cache, ids, to == length);
                from = to;
            }
        }
    }

    private CacheRows moved(List<CachedText> group, CacheRows cache) {
        open.add(cache);
        for (int i = 0; i < group.size(); i++) {
            group.get(i).moveTo(new CacheRows.Row(cache, i));
        }
        return cache;
    }

    private void read(List<CachedText> group, CacheRows cache, long[][] ids, boolean last) throws InterruptedException {
        List<@Nullable SlotAdapter> adapters = new ArrayList<>();
        group.forEach(text -> adapters.add(text.adapter()));
        List<double[]> logits = runs.run(cache, ids, adapters, last);
        for (int i = 0; i < logits.size(); i++) {
            group.get(i).accept(logits.get(i));
        }
    }

    private TextGroups groups() {
        return new TextGroups(decoder.model().unpinnedSlots());
    }

    /** Frees every cache that holds none of these texts. */
    private void keep(List<CachedText> texts) {
        Set<CacheRows> used = Collections.newSetFromMap(new IdentityHashMap<>());
        texts.forEach(text -> used.add(text.row().cache()));
        open.removeIf(cache -> {
            if (!used.contains(cache)) {
                cache.close();
            }
            return !used.contains(cache);
        });
        kept = texts;
    }

    @Override
    public int cachedTokens() {
        return kept.stream().mapToInt(text -> text.row().length()).sum();
    }

    @Override
    public void close() {
        keep(List.of());
        runs.close();
    }
}
