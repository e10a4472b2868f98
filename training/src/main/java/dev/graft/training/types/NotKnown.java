package dev.graft.training.types;

/**
 * Ends a rule, or the part of it that computes one length, where something it needs is not known. It has no trace and is caught
 * inside this package: with it a rule is the three lines that say what holds, without it every line would ask whether it may go on.
 */
final class NotKnown extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotKnown() {
        super("not known", null, false, false);
    }
}
