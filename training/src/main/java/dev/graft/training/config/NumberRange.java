package dev.graft.training.config;

/**
 * The finite numbers that a key takes.
 *
 * @param least the least
 * @param most the most
 * @param open whether {@code least} itself is too small
 */
record NumberRange(double least, double most, boolean open) {
    static NumberRange atLeast(double least) {
        return new NumberRange(least, Double.MAX_VALUE, false);
    }

    static NumberRange above(double bound) {
        return new NumberRange(bound, Double.MAX_VALUE, true);
    }

    static NumberRange between(double least, double most) {
        return new NumberRange(least, most, false);
    }

    boolean holds(double number) {
        return number <= most && (open ? number > least : number >= least);
    }

    String describe() {
        String start = open ? "a number above " : "a number from ";
        String end = most == Double.MAX_VALUE ? open ? "" : " on" : " to " + shorten(most);
        return start + shorten(least) + end;
    }

    private static String shorten(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
