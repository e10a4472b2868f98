package dev.graft.runtime.generate;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Looks for strings that end a text, in pieces as they come, and lets through what cannot be a part of one.
 *
 * <p>The string that is complete first counts, of several that are complete at the same character the longest; so the text does not depend on how it was cut into pieces.
 */
final class StopStrings {
    private final List<String> strings;
    private final StringBuilder held = new StringBuilder();
    private boolean found;

    StopStrings(List<String> strings) {
        this.strings = strings;
    }

    /** Whether one was found; then nothing more comes through. */
    boolean found() {
        return found;
    }

    /** Takes a piece and gives what is certain, up to a stop string. */
    String take(String piece) {
        if (found) {
            return "";
        }
        int from = held.length();
        held.append(piece);
        for (int end = from + 1; end <= held.length() && !found; end++) {
            Optional<String> stop = endingAt(end);
            if (stop.isPresent()) {
                found = true;
                held.setLength(end - stop.get().length());
            }
        }
        return release(found ? held.length() : held.length() - possibleStart());
    }

    /** What was held back, at the end of a text in which none was found. */
    String rest() {
        return release(held.length());
    }

    private Optional<String> endingAt(int end) {
        return strings.stream()
                .filter(stop -> stop.length() <= end
                        && held.substring(end - stop.length(), end).equals(stop))
                .max(Comparator.comparingInt(String::length));
    }

    /** The length of the longest end that a stop string begins with. */
    private int possibleStart() {
        int longest = 0;
        for (String stop : strings) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private String release(int length) {
        String certain = held.substring(0, length);
        held.delete(0, length);
        return certain;
    }
}
