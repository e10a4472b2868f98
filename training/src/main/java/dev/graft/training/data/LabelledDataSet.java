package dev.graft.training.data;

import dev.graft.training.config.DataOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads files of labelled texts. Classes that nobody named are those of the first files that are loaded. */
final class LabelledDataSet {
    private final DataOptions options;
    private final LabelledTexts texts;
    private final boolean classes;
    private final int pad;
    private LabelledTexts.LabelReader labels;
    private List<String> classNames = List.of();

    LabelledDataSet(DataOptions options, LabelledTexts texts, boolean classes, List<String> classNames, int pad) {
        this.options = options;
        this.texts = texts;
        this.classes = classes;
        this.pad = pad;
        this.labels = classes ? new ClassNumbers(classNames) : LabelledTexts::number;
    }

    /** The rows of some files, one behind the other. */
    LoadedRows load(List<Path> files) {
        List<LabelledRow> rows = new ArrayList<>();
        RowCounts counts = new RowCounts();
        BadRows bad = new BadRows(options.skipBadRows());
        for (Path file : files) {
            long most = counts.rows() + options.mostRows().orElse(Integer.MAX_VALUE - 8);
            RowFiles.read(file, bad, row -> {
                LabelledTexts.Labelled labelled = texts.read(row, labels);
                rows.add(labelled.row());
                counts.add(labelled.row().ids().length, 1, labelled.cut());
                return counts.rows() < most;
            });
        }
        LabelledRows store =
                new LabelledRows(settled(rows), classes, pad, options.order().padToMultipleOf());
        return new LoadedRows(store, counts.report(bad, classNames, java.util.Optional.empty()));
    }

    /** The rows with their classes' numbers, which are known once all labels of the first files have been seen. */
    private List<LabelledRow> settled(List<LabelledRow> rows) {
        if (!(labels instanceof ClassNumbers seen)) {
            return rows;
        }
        ClassNumbers.Settled settled = seen.settle();
        labels = settled.reader();
        classNames = settled.names();
        return rows.stream()
                .map(row -> new LabelledRow(row.ids(), row.types(), settled.numbers()[(int) row.label()]))
                .toList();
    }
}
