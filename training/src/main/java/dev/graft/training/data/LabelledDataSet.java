package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.training.config.DataOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads files of labelled texts. Classes that nobody named are those of the first files that are loaded. */
final class LabelledDataSet {
    private final DataOptions options;
    private final LabelledTexts texts;
    private final boolean classes;
    private final ModelLimits limits;
    private final int pad;
    private LabelledTexts.LabelReader labels;
    private List<String> classNames = List.of();

    LabelledDataSet(
            DataOptions options,
            LabelledTexts texts,
            boolean classes,
            List<String> classNames,
            ModelLimits limits,
            int pad) {
        this.options = options;
        this.texts = texts;
        this.classes = classes;
        this.limits = limits;
        this.pad = limits.tokens().padding(pad);
        this.labels = classes ? new ClassNumbers(classNames) : LabelledTexts::number;
    }

    /** A row with its place, which it is asked for once all labels have been seen. */
    private record Placed(DataRow.Place place, LabelledTexts.Labelled labelled) {}

    /** The rows of some files, one behind the other. */
    LoadedRows load(List<Path> files) {
        checkOutput();
        List<Placed> rows = new ArrayList<>();
        BadRows bad = new BadRows(options.skipBadRows());
        for (Path file : files) {
            long most = rows.size() + (long) options.mostRows().orElse(Integer.MAX_VALUE - 8);
            RowFiles.read(file, bad, row -> {
                LabelledTexts.Labelled labelled = texts.read(row, labels);
                limits.tokens().check(labelled.row().ids(), row.place());
                rows.add(new Placed(row.place(), labelled));
                return rows.size() < most;
            });
        }
        RowCounts counts = new RowCounts();
        LabelledRows store = new LabelledRows(
                settled(rows, counts, bad), classes, pad, options.order().padToMultipleOf(), limits::shapeOfNumbers);
        return new LoadedRows(store, counts.report(bad, classNames, java.util.Optional.empty()));
    }

    /** The rows with their classes' numbers, which are known once all labels of the first files have been seen. */
    private List<LabelledRow> settled(List<Placed> rows, RowCounts counts, BadRows bad) {
        int[] numbers = {};
        if (labels instanceof ClassNumbers seen) {
            refuseMeasures(seen, rows);
            ClassNumbers.Settled settled = seen.settle();
            labels = settled.reader();
            classNames = settled.names();
            numbers = settled.numbers();
        }
        List<LabelledRow> kept = new ArrayList<>();
        for (Placed placed : rows) {
            LabelledRow row = placed.labelled().row();
            LabelledRow numbered =
                    numbers.length == 0 ? row : new LabelledRow(row.ids(), row.types(), numbers[(int) row.label()]);
            bad.attempt(placed.place(), () -> {
                checkClass(numbered);
                kept.add(numbered);
                counts.add(row.ids().length, 1, placed.labelled().cut());
            });
        }
        return kept;
    }

    /** No fault of a row: what is wrong is what the labels are taken for, so that no row is left out for it. */
    private static void refuseMeasures(ClassNumbers seen, List<Placed> rows) {
        seen.strange().ifPresent(strange -> {
            DataRow.Place place = rows.stream()
                    .filter(row -> row.labelled().row().label() == strange)
                    .findFirst()
                    .orElseThrow()
                    .place();
            throw new GraftException(
                    ErrorCode.TRAINING_DATA_INVALID,
                    "expected labels to be names of classes, or their numbers, which are whole and from 0 to 999999, got '"
                            + seen.label(strange) + "' where all are numbers",
                    Location.ofLine(place.file(), place.line()),
                    seen.remedy());
        });
    }

    private void checkClass(LabelledRow row) {
        long known = limits.width().orElse(Long.MAX_VALUE);
        if (classes && row.label() >= known) {
            int number = (int) row.label();
            throw new BadRowException(
                    "expected one of " + known + " classes, numbered from 0 on, as the model's output "
                            + limits.output().orElseThrow() + " has, got number " + number
                            + (number < classNames.size()
                                    ? " ('" + classNames.get(number) + "' of " + classNames.size() + ")"
                                    : ""));
        }
    }

    /** One label a row wants an output of one number, or of one vector of logits. */
    private void checkOutput() {
        int rank = limits.output().map(ValueDescription::rank).orElse(0);
        long numbers = limits.numbersOfRow().orElse(1);
        if (classes ? rank != 0 && rank != 2 : numbers != 1) {
            throw new GraftException(
                    ErrorCode.TRAINING_DATA_INVALID,
                    "expected a model's output " + (classes ? "[rows, classes]" : "of one number a row")
                            + " for one label a row, got " + limits.output().orElseThrow(),
                    Location.ofFile(limits.file()),
                    "Give several labels a row as a tensor 'labels' in a .safetensors or .npz file, or choose the loss for the model.");
        }
    }
}
