package dev.graft.runtime.generate.chat.jinja;

import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The items that pass, each asked only when it is its turn: what was set meanwhile counts. */
final class Filtering extends Lookahead {
    private final Iterator<Object> items;
    private final Predicate<Object> test;

    Filtering(Iterator<Object> items, Predicate<Object> test) {
        this.items = items;
        this.test = test;
    }

    @Override
    @Nullable
    Object fetch() {
        while (items.hasNext()) {
            Object item = items.next();
            if (test.test(item)) {
                return item;
            }
        }
        return null;
    }
}
