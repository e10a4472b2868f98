package dev.graft.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Aligned columns. On a terminal that is too narrow the last column is wrapped below itself; where even that leaves it less
 * than {@value #NARROWEST} characters, each row becomes a block of {@code name: value} lines.
 */
public final class Table {
    private static final int NARROWEST = 24;
    private static final String GAP = "  ";

    private final List<String> header;
    private final int columns;
    private final List<List<String>> rows = new ArrayList<>();
    private final Set<Integer> right = new TreeSet<>();
    private int indent;

    private Table(List<String> header, int columns) {
        this.header = header;
        this.columns = columns;
    }

    /** A table with a header. */
    public static Table of(String... header) {
        return new Table(List.of(header), header.length);
    }

    /** A table that is only rows. */
    public static Table withoutHeader(int columns) {
        return new Table(List.of(), columns);
    }

    /** Spaces in front of each line. */
    public Table indent(int spaces) {
        indent = spaces;
        return this;
    }

    /** Columns of numbers, which are set flush right. */
    public Table right(Integer... numbers) {
        right.addAll(Arrays.asList(numbers));
        return this;
    }

    /** The next row, one cell a column. */
    public Table row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The lines, each ended; {@code width} 0 means that lines may be of any length. */
    public String toText(int width) {
        if (rows.isEmpty()) {
            return "";
        }
        int[] widths = widths();
        int before = indent
                + Arrays.stream(widths, 0, columns - 1)
                        .map(w -> w + GAP.length())
                        .sum();
        int last = width <= 0 ? Integer.MAX_VALUE : Math.min(width - before, Math.max(widths[columns - 1], 1));
        if (last < Math.min(NARROWEST, widths[columns - 1])) {
            return header.isEmpty() ? stacked(width) : blocks(width);
        }
        StringBuilder text = new StringBuilder();
        if (!header.isEmpty()) {
            appendRow(text, header, widths, last);
        }
        rows.forEach(row -> appendRow(text, row, widths, last));
        return text.toString();
    }

    private int[] widths() {
        int[] widths = new int[columns];
        for (int column = 0; column < columns; column++) {
            int longest = header.isEmpty() ? 0 : Wrap.length(header.get(column));
            for (List<String> row : rows) {
                longest = Math.max(longest, Wrap.length(row.get(column)));
            }
            widths[column] = longest;
        }
        return widths;
    }

    private void appendRow(StringBuilder text, List<String> row, int[] widths, int last) {
        StringBuilder line = new StringBuilder(" ".repeat(indent));
        for (int column = 0; column < columns - 1; column++) {
            line.append(aligned(row.get(column), widths[column], right.contains(column)))
                    .append(GAP);
        }
        int before = line.length();
        List<String> wrapped = Wrap.lines(row.get(columns - 1), last);
        boolean flushRight = right.contains(columns - 1);
        for (int i = 0; i < wrapped.size(); i++) {
            String start = i == 0 ? line.toString() : " ".repeat(before);
            text.append((start + aligned(wrapped.get(i), Math.min(widths[columns - 1], last), flushRight))
                            .stripTrailing())
                    .append('\n');
        }
    }

    private static String aligned(String cell, int width, boolean right) {
        String space = " ".repeat(Math.max(0, width - Wrap.length(cell)));
        return right ? space + cell : cell + space;
    }

    private String blocks(int width) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                if (!row.get(column).isEmpty()) {
                    String line = header.get(column) + ": " + row.get(column);
                    appendIndented(text, line, column == 0 ? indent : indent + 2, width);
                }
            }
        }
        return text.toString();
    }

    private String stacked(int width) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                appendIndented(text, row.get(column), indent + (column == 0 ? 0 : 4), width);
            }
        }
        return text.toString();
    }

    private static void appendIndented(StringBuilder text, String line, int spaces, int width) {
        for (String part : Wrap.lines(line, Math.max(1, width - spaces))) {
            text.append(" ".repeat(spaces)).append(part).append('\n');
        }
    }
}
