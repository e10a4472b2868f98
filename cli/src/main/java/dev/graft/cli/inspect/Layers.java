package dev.graft.cli.inspect;

import dev.graft.cli.text.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rows of modules, with those that differ in their layer's number only joined: {@code model.layers.[0-3].mlp.up_proj}.
 */
final class Layers {
    private static final Pattern NUMBER = Pattern.compile("(?<![^./])\\d{1,9}(?![^./])");

    private final Map<Key, List<Integer>> numbers = new LinkedHashMap<>();
    private final boolean join;

    /** Rows that are joined, or each by itself. */
    Layers(boolean join) {
        this.join = join;
    }

    /** Rows are joined when all of this is the same. */
    private record Key(String before, String after, List<String> cells, boolean numbered) {}

    /** The next row. */
    void add(String module, String... cells) {
        Matcher number = NUMBER.matcher(module);
        if (join && number.find()) {
            Key key =
                    new Key(module.substring(0, number.start()), module.substring(number.end()), List.of(cells), true);
            numbers.computeIfAbsent(key, unused -> new ArrayList<>()).add(Integer.valueOf(number.group()));
        } else {
            numbers.computeIfAbsent(new Key(module, "", List.of(cells), false), unused -> new ArrayList<>())
                    .add(0);
        }
    }

    /** Puts the rows into a table: module, how many, and the cells. */
    Table into(Table table) {
        numbers.forEach((key, found) -> {
            List<String> row = new ArrayList<>();
            row.add(key.numbered() ? key.before() + ranges(found) + key.after() : key.before());
            row.add(Integer.toString(found.size()));
            row.addAll(key.cells());
            table.row(row.toArray(String[]::new));
        });
        return table;
    }

    private static String ranges(List<Integer> found) {
        List<Integer> sorted = found.stream().distinct().sorted().toList();
        if (sorted.size() == 1) {
            return sorted.get(0).toString();
        }
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < sorted.size(); i++) {
            int last = i;
            while (last + 1 < sorted.size() && sorted.get(last + 1) == sorted.get(last) + 1) {
                last++;
            }
            text.append(text.length() > 1 ? "," : "").append(sorted.get(i));
            text.append(last == i ? "" : (last == i + 1 ? "," : "-") + sorted.get(last));
            i = last;
        }
        return text.append(']').toString();
    }
}
