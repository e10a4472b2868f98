package dev.graft.compiler.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A range of columns of a stored tensor, with the right factors of its terms decoded while units of it are worked on.
 *
 * <p>Panels bound memory: the right factors of one panel take at most some 16 MB whatever the rank and the vocabulary.
 */
final class Panel {
    private final TensorEdit edit;
    private final long firstColumn;
    private final int columns;
    private final AtomicInteger unfinished = new AtomicInteger();
    private @Nullable List<List<RightTile>> tiles;

    Panel(TensorEdit edit, long firstColumn, int columns) {
        this.edit = edit;
        this.firstColumn = firstColumn;
        this.columns = columns;
    }

    /**
     * Columns of one block, narrow enough that the right factors of a tile stay in the cache while many rows pass.
     *
     * @param firstColumn the first column, counted in the tensor
     * @param columns how many
     * @param factors per term of the block, the rows of the right factor over these columns: [term][rank][columns]
     */
    record RightTile(long firstColumn, int columns, double[][][] factors) {}

    long firstColumn() {
        return firstColumn;
    }

    int columns() {
        return columns;
    }

    void expect(int units) {
        unfinished.addAndGet(units);
    }

    /** The tiles of one block in this panel, decoded by whoever needs them first. */
    synchronized List<RightTile> tiles(int block, OpenFiles files) {
        if (tiles == null) {
            List<List<RightTile>> all = new ArrayList<>();
            for (BlockEdit each : edit.blocks()) {
                all.add(load(each, files));
            }
            tiles = all;
        }
        return tiles.get(block);
    }

    /** One unit is done; after the last one the factors are let go. */
    void finish() {
        if (unfinished.decrementAndGet() == 0) {
            synchronized (this) {
                tiles = null;
            }
        }
    }

    private List<RightTile> load(BlockEdit block, OpenFiles files) {
        long from = Math.max(block.view().firstColumn(), firstColumn);
        long to = Math.min(block.view().firstColumn() + block.view().columns(), firstColumn + columns);
        int width = tileWidth(block.totalRank());
        List<RightTile> loaded = new ArrayList<>();
        for (long column = from; column < to; column += width) {
            int now = (int) Math.min(width, to - column);
            double[][][] factors = new double[block.terms().size()][][];
            for (int term = 0; term < factors.length; term++) {
                factors[term] =
                        rows(block.terms().get(term), column - block.view().firstColumn(), now, files);
            }
            loaded.add(new RightTile(column, now, factors));
        }
        return loaded;
    }

    // separate arrays per row: on JDK 17 the compiler vectorises loops over several arrays at one index only
    private static double[][] rows(LowRankTerm term, long firstColumn, int columns, OpenFiles files) {
        double[] all = new double[Math.multiplyExact(term.rank(), columns)];
        term.right().read(files, 0, term.rank(), firstColumn, columns, all);
        double[][] rows = new double[term.rank()][];
        for (int k = 0; k < rows.length; k++) {
            rows[k] = java.util.Arrays.copyOfRange(all, k * columns, (k + 1) * columns);
        }
        return rows;
    }

    private static int tileWidth(int rank) {
        return Math.max(128, Math.min(512, 4096 / Math.max(rank, 1)));
    }
}
