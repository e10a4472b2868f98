package dev.graft.training.data;

import dev.graft.runtime.session.HostTensor;
import dev.graft.training.step.Batch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rows of tokens for a language model, padded on the right to the longest of a batch. */
final class TextRows implements RowStore {
    private final List<TokenRow> rows;
    private final int pad;
    private final int multiple;

    TextRows(List<TokenRow> rows, int pad, int multiple) {
        this.rows = List.copyOf(rows);
        this.pad = pad;
        this.multiple = multiple;
    }

    @Override
    public int rows() {
        return rows.size();
    }

    @Override
    public int length(int row) {
        return rows.get(row).length();
    }

    TokenRow row(int row) {
        return rows.get(row);
    }

    @Override
    public Batch batch(int[] chosen) {
        TokenRow[][] sequences = new TokenRow[chosen.length][];
        for (int i = 0; i < chosen.length; i++) {
            sequences[i] = new TokenRow[] {rows.get(chosen[i])};
        }
        return batch(sequences, false);
    }

    /** A batch of sequences that are each some rows, one behind the other. */
    Batch batch(TokenRow[][] sequences, boolean positions) {
        int longest = 1;
        for (TokenRow[] sequence : sequences) {
            longest = Math.max(longest, length(sequence));
        }
        int width = Matrix.roundUp(longest, multiple);
        Filling filling = new Filling(sequences.length, width, pad);
        for (int i = 0; i < sequences.length; i++) {
            int at = 0;
            for (TokenRow row : sequences[i]) {
                filling.put(i, at, row);
                at += row.length();
            }
        }
        return filling.toBatch(positions);
    }

    private static int length(TokenRow[] sequence) {
        int length = 0;
        for (TokenRow row : sequence) {
            length += row.length();
        }
        return length;
    }

    /** The tensors of a batch while they are being filled. */
    private static final class Filling {
        private final Matrix ids;
        private final Matrix mask;
        private final Matrix positions;
        private final Matrix labels;
        private long counted;
        private long tokens;

        Filling(int rows, int width, int pad) {
            this.ids = Matrix.filled(rows, width, pad);
            this.mask = new Matrix(rows, width);
            this.positions = new Matrix(rows, width);
            this.labels = Matrix.filled(rows, width, Batch.IGNORED);
        }

        void put(int line, int at, TokenRow row) {
            for (int i = 0; i < row.length(); i++) {
                ids.set(line, at + i, row.ids()[i]);
                mask.set(line, at + i, 1);
                positions.set(line, at + i, i);
            }
            row.forEachLabel((position, next) -> labels.set(line, at + position, next));
            counted += row.counted();
            tokens += row.length();
        }

        Batch toBatch(boolean withPositions) {
            Map<String, HostTensor> inputs = new LinkedHashMap<>();
            inputs.put("input_ids", ids.toTensor());
            inputs.put("attention_mask", mask.toTensor());
            if (withPositions) {
                inputs.put("position_ids", positions.toTensor());
            }
            return new Batch(inputs, Optional.of(labels.toTensor()), counted, tokens);
        }
    }
}
