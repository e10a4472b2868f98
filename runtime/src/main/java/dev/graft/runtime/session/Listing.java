package dev.graft.runtime.session;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names in a sentence. */
final class Listing {
    private Listing() {}

    /** The first names, quoted, and how many more there are. */
    static String of(Collection<String> names, int most) {
        String shown = names.stream().limit(most).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        return names.size() > most ? shown + " and " + (names.size() - most) + " more" : shown;
    }
}
