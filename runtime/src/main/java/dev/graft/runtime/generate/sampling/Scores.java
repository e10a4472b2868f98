package dev.graft.runtime.generate.sampling;

/** Arithmetic that steps and sampler share. */
final class Scores {
    private Scores() {}

    /** Makes tokens impossible whose score is below another. */
    static void dropBelow(double[] scores, double lowest) {
        for (int id = 0; id < scores.length; id++) {
            if (scores[id] < lowest) {
                scores[id] = Double.NEGATIVE_INFINITY;
            }
        }
    }

    /** Numbers in proportion to the probabilities, 1 for the highest score. */
    static double[] weights(double[] scores) {
        double highest = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            highest = Math.max(highest, score);
        }
        double[] weights = new double[scores.length];
        for (int id = 0; id < scores.length; id++) {
            // the last bit of Math.exp may differ between machines
            weights[id] = scores[id] == highest ? 1 : StrictMath.exp(scores[id] - highest);
        }
        return weights;
    }

    /** The first of the highest scores. */
    static int highest(double[] scores) {
        int best = 0;
        for (int id = 1; id < scores.length; id++) {
            if (scores[id] > scores[best]) {
                best = id;
            }
        }
        return best;
    }
}
