package dev.graft.compiler.merge;

import java.util.ArrayList;
import java.util.List;

/**
 * The piece of a tensor that is computed at once: some rows of a panel.
 *
 * <p>How a tensor is cut depends on its shape and ranks only, never on the number of threads, so that sums over units come out
 * the same everywhere.
 *
 * @param edit the tensor
 * @param panel its columns
 * @param firstRow its first row
 * @param rows how many rows
 */
record Unit(TensorEdit edit, Panel panel, long firstRow, int rows) {
    private static final int ELEMENTS = 1 << 18;
    private static final int PANEL_COLUMNS = 1 << 14;
    private static final int RIGHT_ELEMENTS = 1 << 21;
    private static final int LEFT_ELEMENTS = 1 << 18;

    /** The largest unit in bytes: 8-byte elements. */
    static final int LARGEST_BYTES = ELEMENTS * Double.BYTES;

    /** All units of a tensor, panel by panel, each from top to bottom. */
    static List<Unit> unitsOf(TensorEdit edit) {
        List<Unit> units = new ArrayList<>();
        int rank = Math.max(edit.totalRank(), 1);
        int widest = Math.max(128, Math.min(PANEL_COLUMNS, RIGHT_ELEMENTS / rank));
        for (long column = 0; column < edit.columns(); column += widest) {
            int columns = (int) Math.min(widest, edit.columns() - column);
            int band = Math.max(1, Math.min(ELEMENTS / columns, LEFT_ELEMENTS / rank));
            Panel panel = new Panel(edit, column, columns);
            int before = units.size();
            for (long row = 0; row < edit.rows(); row += band) {
                units.add(new Unit(edit, panel, row, (int) Math.min(band, edit.rows() - row)));
            }
            panel.expect(units.size() - before);
        }
        return units;
    }

    int elements() {
        return rows * panel.columns();
    }

    int bytes() {
        return elements() * edit.elementBytes();
    }

    /** Whether the unit is one run of the tensor's elements. */
    boolean isContiguous() {
        return panel.columns() == edit.columns();
    }

    /** The byte, counted in the tensor, at which a row of the unit starts. */
    long byteOfRow(int row) {
        return ((firstRow + row) * edit.columns() + panel.firstColumn()) * edit.elementBytes();
    }
}
