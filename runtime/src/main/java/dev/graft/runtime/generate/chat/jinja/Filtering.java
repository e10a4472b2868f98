package dev.graft.runtime.generate.chat.jinja;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The items that pass, each asked only when it is its turn: what was set meanwhile counts. */
final class Filtering implements Iterator<Object> {
    private final Iterator<Object> items;
    private final Predicate<Object> test;
    private @Nullable Object ahead;

    Filtering(Iterator<Object> items, Predicate<Object> test) {
        this.items = items;
        this.test = test;
    }

    @Override
    public boolean hasNext() {
        while (ahead == null && items.hasNext()) {
            Object item = items.next();
            ahead = test.test(item) ? item : null;
        }
        return ahead != null;
    }

    @Override
    public Object next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException();
        }
        Object item = ahead;
        ahead = null;
        return item;
    }
}
