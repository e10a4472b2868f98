package dev.graft.testkit.error;

import java.util.Collection;
import java.util.stream.Collectors;

/** Lists in a message. */
final class Lines {
    private static final int MOST = 8;

    private Lines() {}

    /** One item a line, indented; the first eight, and how many more there are. */
    static String of(Collection<String> items) {
        String shown = items.stream().limit(MOST).map(item -> "  " + item).collect(Collectors.joining("\n"));
        return items.size() > MOST ? shown + "\n  and " + (items.size() - MOST) + " more" : shown;
    }
}
