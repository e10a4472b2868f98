package dev.graft.runtime.generate.chat.jinja.value;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading the items of a value, each of them a step, and a step to know of it. */
public final class Iteration {
    private Iteration() {}

    /** The items of a value, paid for when one asks and when one takes; items of items of items, as filters over filters make them, go deeper. */
    public static Iterator<Object> over(Run run, Object value) {
        Iterator<Object> items = unpaid(value);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                run.enter();
                boolean another = items.hasNext();
                run.leave();
                return another;
            }

            @Override
            public Object next() {
                run.enter();
                Object item = items.next();
                run.leave();
                return item;
            }
        };
    }

    /** Whether a value has items. */
    public static boolean isIterable(Object value) {
        return value instanceof String
                || value instanceof Map
                || value instanceof Once
                || value instanceof Undefined
                || value instanceof Iterator
                || Types.sized(value) != null;
    }

    private static Iterator<Object> unpaid(Object value) {
        if (value instanceof String text) {
            return text.codePoints()
                    .mapToObj(character -> (Object) Character.toString(character))
                    .iterator();
        }
        if (value instanceof Map) {
            return Types.dict(value).keySet().iterator();
        }
        if (value instanceof Once once) {
            return once.items();
        }
        if (value instanceof Undefined) {
            return List.<Object>of().iterator();
        }
        @Nullable List<Object> items = Types.sized(value);
        if (items == null) {
            throw JinjaException.of("'" + Types.name(value) + "' object is not iterable");
        }
        return items.iterator();
    }

    /** All items of a value. */
    public static List<Object> list(Run run, Object value) {
        List<Object> items = new ArrayList<>();
        Iterator<Object> iterator = over(run, value);
        while (iterator.hasNext()) {
            items.add(iterator.next());
        }
        return items;
    }

    /** Python's {@code len}. */
    public static long length(Object value) {
        if (value instanceof String text) {
            return Characters.length(text);
        }
        if (value instanceof Map<?, ?> dict) {
            return dict.size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        @Nullable List<Object> items = Types.sized(value);
        if (items == null) {
            throw JinjaException.of("object of type '" + Types.name(value) + "' has no len()");
        }
        return items.size();
    }
}
