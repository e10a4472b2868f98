package dev.graft.compiler.merge;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values that take the place of weights in one tile: of a replaced tensor, and of patched rows. */
final class RowValues {
    static final RowValues NONE = new RowValues(null, Map.of());

    private final double @Nullable [] replacement;
    private final Map<Integer, double[]> patches;

    private RowValues(double @Nullable [] replacement, Map<Integer, double[]> patches) {
        this.replacement = replacement;
        this.patches = patches;
    }

    /** Reads what the rows {@code from} to {@code to} of the tensor need over a tile's columns. */
    static RowValues load(BlockEdit edit, Panel.RightTile tile, long from, long to, OpenFiles files) {
        int rows = (int) (to - from);
        long firstRow = from - edit.view().firstRow();
        long firstColumn = tile.firstColumn() - edit.view().firstColumn();
        double[] replacement = null;
        if (edit.replacement() != null) {
            replacement = new double[Math.multiplyExact(rows, tile.columns())];
            edit.replacement().read(files, firstRow, rows, firstColumn, tile.columns(), replacement);
        }
        Map<Integer, double[]> patches = new HashMap<>();
        for (BlockEdit.RowPatch patch : edit.rowPatches()) {
            for (int row = 0; row < rows && !patch.valueRows().isEmpty(); row++) {
                Long valueRow = patch.valueRows().get(firstRow + row);
                if (valueRow != null) {
                    double[] values = new double[tile.columns()];
                    patch.values().read(files, valueRow, 1, firstColumn, tile.columns(), values);
                    patches.put(row, values);
                }
            }
        }
        return replacement == null && patches.isEmpty() ? NONE : new RowValues(replacement, Map.copyOf(patches));
    }

    /** Writes a patched row; false where the row has none. */
    boolean patch(int row, double[] total, int count) {
        double[] values = patches.get(row);
        if (values != null) {
            System.arraycopy(values, 0, total, 0, count);
        }
        return values != null;
    }

    /** Writes a replaced row, where the tensor is replaced. */
    void replace(int row, double[] total, int count) {
        if (replacement != null) {
            System.arraycopy(replacement, row * count, total, 0, count);
        }
    }
}
