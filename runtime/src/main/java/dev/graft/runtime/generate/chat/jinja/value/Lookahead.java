package dev.graft.runtime.generate.chat.jinja.value;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Items that are fetched when somebody asks whether there is another one, and no sooner. */
public abstract class Lookahead implements Iterator<Object> {
    private @Nullable Object ahead;

    /** The next item, or null behind the last. */
    protected abstract @Nullable Object fetch();

    /** Whether an item has been fetched that is not given yet. */
    protected final boolean hasFetched() {
        return ahead != null;
    }

    /** The next item without taking it, or null behind the last. */
    protected final @Nullable Object peek() {
        if (ahead == null) {
            ahead = fetch();
        }
        return ahead;
    }

    @Override
    public final boolean hasNext() {
        return peek() != null;
    }

    @Override
    public Object next() {
        Object item = peek();
        if (item == null) {
            throw new NoSuchElementException();
        }
        ahead = null;
        return item;
    }
}
