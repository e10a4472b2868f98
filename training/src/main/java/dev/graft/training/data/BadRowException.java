package dev.graft.training.data;

/** A row that cannot be used; whoever knows its place turns this into an error or leaves the row out. */
final class BadRowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String problem;

    BadRowException(String problem) {
        // a file may have a million of them, and nobody looks at the stack
        super(problem, null, false, false);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
