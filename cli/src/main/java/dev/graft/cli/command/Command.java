package dev.graft.cli.command;

/** One word behind {@code graft}: what it is called and what it does. */
public interface Command {
    /** Its words, for parsing and for help; cheap, because {@code graft --help} asks every command. */
    CommandDescription description();

    /**
     * Does the work.
     *
     * @return the exit code: 0, or 1 where a check ran and the answer is no
     * @throws dev.graft.error.GraftException for everything else that is wrong
     */
    int run(Invocation invocation);
}
