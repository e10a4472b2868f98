package dev.graft.compiler.resolve;

import dev.graft.adapter.format.kohya.KohyaNames;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How an adapter's module path and a site's fit together: equal, or one is the end of the other because a wrapper put a prefix in
 * front of it.
 *
 * @param added what the model has in front of the adapter's path ({@code m} in {@code m.model.layers.0}), or empty
 * @param dropped what the adapter has in front of the model's path ({@code bert} in {@code bert.encoder}), or empty
 */
record NameMatch(String added, String dropped) {
    private static final NameMatch EXACT = new NameMatch("", "");

    /** A prefix with a number in it is no wrapper but a layer: dropping it would let any layer's path fit. */
    private static final Pattern NUMBERED = Pattern.compile("(.*\\.)?[0-9]+(\\..*)?");

    boolean isExact() {
        return added.isEmpty() && dropped.isEmpty();
    }

    /** The match of two paths, if they match. */
    static Optional<NameMatch> of(String wanted, String site) {
        return of(wanted, site, '.');
    }

    /** The match of a kohya path, in which underscores stand for dots, with a site's path: only forward can it be told. */
    static Optional<NameMatch> ofFlattened(String wanted, String site) {
        return of(wanted, KohyaNames.flatten(site), '_')
                .filter(match -> match.dropped().isEmpty());
    }

    private static Optional<NameMatch> of(String wanted, String site, char separator) {
        if (wanted.equals(site)) {
            return Optional.of(EXACT);
        }
        if (site.endsWith(separator + wanted)) {
            return Optional.of(new NameMatch(site.substring(0, site.length() - wanted.length() - 1), ""));
        }
        if (wanted.endsWith(separator + site)) {
            String dropped = wanted.substring(0, wanted.length() - site.length() - 1);
            return NUMBERED.matcher(dropped).matches() ? Optional.empty() : Optional.of(new NameMatch("", dropped));
        }
        return Optional.empty();
    }
}
