package dev.graft.compiler.resolve;

/** How far two module paths are from each other, step by step. */
final class PathDistance {
    private static final int MAX_STEPS = 40;

    private PathDistance() {}

    /**
     * Levenshtein's distance over the steps of the paths; a step that is another word costs as much as its letters differ, a number
     * that is another number costs a whole step.
     */
    static double between(String one, String other) {
        String[] a = one.split("\\.", MAX_STEPS);
        String[] b = other.split("\\.", MAX_STEPS);
        double[] previous = new double[b.length + 1];
        for (int j = 0; j <= b.length; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length; i++) {
            double[] current = new double[b.length + 1];
            current[0] = i;
            for (int j = 1; j <= b.length; j++) {
                double replaced = previous[j - 1] + stepDistance(a[i - 1], b[j - 1]);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length];
    }

    private static double stepDistance(String one, String other) {
        if (one.equals(other)) {
            return 0;
        }
        int prefix = 0;
        int shorter = Math.min(one.length(), other.length());
        while (prefix < shorter && one.charAt(prefix) == other.charAt(prefix)) {
            prefix++;
        }
        int suffix = 0;
        while (suffix < shorter - prefix
                && one.charAt(one.length() - 1 - suffix) == other.charAt(other.length() - 1 - suffix)) {
            suffix++;
        }
        double common = (double) (prefix + suffix) / Math.max(one.length(), other.length());
        return one.chars().allMatch(Character::isDigit) ? 1 : 1 - common;
    }
}
