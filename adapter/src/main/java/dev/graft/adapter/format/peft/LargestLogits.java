package dev.graft.adapter.format.peft;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Finds the largest of a run of logits, in time that does not grow with their number squared. */
final class LargestLogits {
    private final double[] logits;
    private final int topk;
    private final PriorityQueue<Integer> smallestFirst;

    LargestLogits(double[] logits, int topk) {
        this.logits = logits;
        this.topk = topk;
        this.smallestFirst = new PriorityQueue<>(
                Comparator.<Integer>comparingDouble(i -> this.logits[i]).thenComparing(Comparator.reverseOrder()));
    }

    /**
     * Writes the places of the largest of {@code count} logits from {@code first} on, counted from there, largest first; of equal ones the
     * earlier is the larger. PEFT leaves unchosen vectors at minus infinity when it loads a file of chosen ones.
     *
     * @return whether there is no NaN, nothing infinitely large and at least one finite logit
     */
    boolean choose(int first, int count, int[] target, int at) {
        smallestFirst.clear();
        for (int i = first; i < first + count; i++) {
            if (Double.isNaN(logits[i]) || logits[i] == Double.POSITIVE_INFINITY) {
                return false;
            }
            if (smallestFirst.size() < topk) {
                smallestFirst.add(i);
            } else if (logits[i] > logits[smallestFirst.element()]) {
                smallestFirst.remove();
                smallestFirst.add(i);
            }
        }
        for (int i = at + topk - 1; i >= at; i--) {
            target[i] = smallestFirst.remove() - first;
        }
        return logits[first + target[at]] != Double.NEGATIVE_INFINITY;
    }
}
