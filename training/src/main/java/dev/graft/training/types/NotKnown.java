package dev.graft.training.types;

/**
 * Ends a rule, or the part of it that computes one length, where something it needs is not known. It has no trace and is caught
 * inside this package: with it a rule is the three lines that say what holds, without it every line would ask whether it may go on.
 */
final class NotKnown extends RuntimeException {
    static final NotKnown INSTANCE = new NotKnown();
    private static final long serialVersionUID = 1;

    private NotKnown() {
        super("not known", null, false, false);
    }
}
