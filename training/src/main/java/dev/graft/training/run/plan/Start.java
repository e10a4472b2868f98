package dev.graft.training.run.plan;

/** What a run does with an output folder that another run has written to. */
public enum Start {
    /** Refuses it. */
    NEW,
    /** Removes that run's checkpoints and logs. */
    OVERWRITE,
    /** Goes on from the newest checkpoint, or begins if there is none. */
    RESUME
}
