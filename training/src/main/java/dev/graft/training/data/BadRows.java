package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.List;

/** What happens to rows that cannot be used: the first is an error, or all are counted and the first hundred listed. */
final class BadRows {
    private static final int LISTED = 100;

    private final boolean skip;
    private final List<DataReport.BadRow> listed = new ArrayList<>();
    private long count;

    BadRows(boolean skip) {
        this.skip = skip;
    }

    /** Runs what is done with a row, and takes note if the row cannot be used. */
    void attempt(DataRow.Place place, Runnable use) {
        try {
            use.run();
        } catch (BadRowException e) {
            if (!skip) {
                throw new GraftException(
                        ErrorCode.TRAINING_DATA_INVALID,
                        e.problem(),
                        Location.ofLine(place.file(), place.line()),
                        "Mend the row, or leave such rows out with skip_bad_rows: true.",
                        e);
            }
            count++;
            if (listed.size() < LISTED) {
                listed.add(new DataReport.BadRow(place.file(), place.line(), e.problem()));
            }
        }
    }

    long count() {
        return count;
    }

    List<DataReport.BadRow> listed() {
        return listed;
    }
}
