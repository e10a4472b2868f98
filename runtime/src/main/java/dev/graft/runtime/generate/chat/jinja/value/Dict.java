package dev.graft.runtime.generate.chat.jinja.value;

import dev.graft.runtime.generate.chat.jinja.limit.Run;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys and their values, in the order in which the keys came.
 *
 * <p>Keys are found by their order and not by a hash: a stranger can write any number of whole numbers and texts that hash to the same, among which each look-up would
 * take as many steps as there are keys.
 */
public final class Dict extends AbstractMap<Object, Object> {
    /** Some order of all that can be a key: texts among texts, numbers of one kind among their like. */
    public static final Comparator<Object> KEY_ORDER = Dict::order;

    private final Map<Object, Integer> places = new TreeMap<>(KEY_ORDER);
    private final List<Map.Entry<Object, Object>> entries = new ArrayList<>();

    @SuppressWarnings("unchecked")
    private static int order(Object left, Object right) {
        return left.getClass() == right.getClass()
                ? ((Comparable<Object>) left).compareTo(right)
                : left.getClass().getName().compareTo(right.getClass().getName());
    }

    /** Puts all entries of another, paying for the items and for the texts among the keys. */
    public void putAll(Run run, Map<?, ?> others) {
        run.chargeItems(others.size());
        others.forEach((key, value) -> {
            run.chargeValue(key);
            put(key, value);
        });
    }

    @Override
    public @Nullable Object put(Object key, Object value) {
        @Nullable Integer place = places.get(key);
        if (place != null) {
            return entries.get(place).setValue(value);
        }
        places.put(key, entries.size());
        entries.add(new SimpleEntry<>(key, value));
        return null;
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        @Nullable Integer place = key == null ? null : places.get(key);
        return place == null ? null : entries.get(place).getValue();
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return key != null && places.containsKey(key);
    }

    @Override
    public Set<Map.Entry<Object, Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<Object, Object>> iterator() {
                return entries.iterator();
            }

            @Override
            public int size() {
                return entries.size();
            }
        };
    }
}
