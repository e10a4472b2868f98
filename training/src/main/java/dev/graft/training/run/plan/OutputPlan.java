package dev.graft.training.run.plan;

import java.nio.file.Path;

/**
 * What a run writes, where and when.
 *
 * @param folder for the adapter, the checkpoints and the logs
 * @param start what to do if another run has written to it
 * @param logging when a line is logged
 * @param saving when a checkpoint is saved; the last update has one too, unless this is never
 * @param keep how many checkpoints are kept; the newest and the best one always are; 0 for all
 * @param tensorBoard whether event files for TensorBoard are written
 */
public record OutputPlan(Path folder, Start start, Cadence logging, Cadence saving, int keep, boolean tensorBoard) {
    public OutputPlan {
        if (keep < 0) {
            throw new IllegalArgumentException("keep " + keep);
        }
    }

    /** The same with another treatment of a folder that has been written to. */
    public OutputPlan withStart(Start newStart) {
        return new OutputPlan(folder, newStart, logging, saving, keep, tensorBoard);
    }
}
