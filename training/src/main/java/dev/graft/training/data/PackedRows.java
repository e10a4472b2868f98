package dev.graft.training.data;

import dev.graft.training.step.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Several texts in one sequence, so that less is padding.
 *
 * <p>Texts are taken in their order, each into the sequence with the least room that still takes it. Positions begin anew at each text, and no
 * label leads from one text to the next; that no text attends to another is up to the graph.
 */
final class PackedRows implements RowStore {
    private final TextRows texts;
    private final List<int[]> sequences;

    private PackedRows(TextRows texts, List<int[]> sequences) {
        this.texts = texts;
        this.sequences = sequences;
    }

    /**
     * Packs texts.
     *
     * @param chosen the texts that are packed, by number
     * @param room the most tokens of a sequence
     */
    static PackedRows of(TextRows texts, int[] chosen, int room) {
        List<List<Integer>> sequences = new ArrayList<>();
        TreeMap<Integer, List<Integer>> byRoom = new TreeMap<>();
        for (int text : chosen) {
            int length = texts.length(text);
            Map.Entry<Integer, List<Integer>> tightest = byRoom.ceilingEntry(length);
            int sequence = sequences.size();
            int left = room;
            if (tightest == null) {
                sequences.add(new ArrayList<>());
            } else {
                left = tightest.getKey();
                // the earliest of those with the same room, so that texts stay near their place in the file
                sequence = tightest.getValue().remove(0);
                if (tightest.getValue().isEmpty()) {
                    byRoom.remove(left);
                }
            }
            sequences.get(sequence).add(text);
            byRoom.computeIfAbsent(left - length, key -> new ArrayList<>()).add(sequence);
        }
        return new PackedRows(
                texts,
                sequences.stream()
                        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                        .toList());
    }

    @Override
    public int rows() {
        return sequences.size();
    }

    @Override
    public int length(int row) {
        int length = 0;
        for (int text : sequences.get(row)) {
            length += texts.length(text);
        }
        return length;
    }

    @Override
    public boolean packed() {
        return true;
    }

    @Override
    public Batch batch(int[] rows) {
        TokenRow[][] chosen = new TokenRow[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            int[] sequence = sequences.get(rows[i]);
            chosen[i] = new TokenRow[sequence.length];
            for (int j = 0; j < sequence.length; j++) {
                chosen[i][j] = texts.row(sequence[j]);
            }
        }
        return texts.batch(chosen, true);
    }
}
