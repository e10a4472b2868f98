package dev.graft.runtime.generate.chat.jinja.value;

import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The items that pass, each asked only when it is its turn: what was set meanwhile counts. */
public final class Filtering extends Lookahead {
    private final Iterator<Object> items;
    private final Predicate<Object> test;

    /** Those of the items that pass the test. */
    public Filtering(Iterator<Object> items, Predicate<Object> test) {
        this.items = items;
        this.test = test;
    }

    @Override
    protected @Nullable Object fetch() {
        while (items.hasNext()) {
            Object item = items.next();
            if (test.test(item)) {
                return item;
            }
        }
        return null;
    }
}
