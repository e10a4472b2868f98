package dev.graft.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that a person probably meant. */
public final class DidYouMean {
    private DidYouMean() {}

    /** The word with the fewest edits from {@code typed}, if a third of its letters or fewer differ; case does not count. */
    public static Optional<String> nearest(String typed, Collection<String> words) {
        int allowed = Math.max(1, Math.min(typed.length(), 64) / 3);
        return words.stream()
                .filter(word -> Math.abs(word.length() - typed.length()) <= allowed)
                .min(Comparator.comparingInt(word -> distance(typed, word)))
                .filter(word -> distance(typed, word) <= allowed);
    }

    /** The sentence {@code Did you mean 'word'?}, or nothing. */
    public static String sentence(String typed, Collection<String> words) {
        return nearest(typed, words).map(word -> "Did you mean '" + word + "'?").orElse("");
    }

    /** Levenshtein's distance. */
    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
