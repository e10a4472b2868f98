package dev.graft.runtime.generate.chat.jinja.operator;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.format.Repr;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.method.Methods;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import dev.graft.runtime.generate.chat.jinja.value.DictView;
import dev.graft.runtime.generate.chat.jinja.value.Members;
import dev.graft.runtime.generate.chat.jinja.value.Namespace;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code a.b} and {@code a[b]}: the attributes and the items of a value, and never anything of Java's. */
public final class Items {
    private final Run run;
    private final Methods methods;

    /** Attributes and items read at the expense of a rendering. */
    public Items(Run run) {
        this.run = run;
        this.methods = new Methods(run);
    }

    /** {@code of.name}: a method before an item. */
    public Object attribute(Object of, String name) {
        refuseUndefined(of);
        @Nullable Object found = member(of, name);
        if (found == null && of instanceof Map<?, ?> dict) {
            found = dict.get(name);
        }
        return found == null ? Undefined.attribute(of, name) : found;
    }

    /** A method or a member, never an item. */
    public Object attributeOnly(Object of, String name) {
        refuseUndefined(of);
        @Nullable Object found = member(of, name);
        return found == null ? Undefined.attribute(of, name) : found;
    }

    /** {@code of[key]}: an item before a method. */
    public Object item(Object of, Object key) {
        run.step();
        run.chargeValue(key);
        refuseUndefined(of);
        @Nullable Object found = directItem(of, key);
        if (found == null && key instanceof String name) {
            found = member(of, name);
        }
        return found == null ? missing(of, key) : found;
    }

    private Undefined missing(Object of, Object key) {
        return key instanceof String name
                ? Undefined.attribute(of, name)
                : Undefined.of(Types.name(of) + " has no element "
                        + (Types.isNumber(key) ? Repr.of(run, key) : "of this key"));
    }

    private static void refuseUndefined(Object of) {
        if (of instanceof Undefined undefined) {
            throw undefined.error();
        }
    }

    private @Nullable Object member(Object of, String name) {
        if (of instanceof Namespace namespace) {
            return namespace.get(name);
        }
        if (of instanceof Members members) {
            return members.member(name);
        }
        if (of instanceof Tuple tuple && tuple.names().contains(name)) {
            return tuple.items().get(tuple.names().indexOf(name));
        }
        return methods.of(of, name);
    }

    private @Nullable Object directItem(Object of, Object key) {
        if (key instanceof Bounds bounds) {
            return sliced(of, bounds);
        }
        if (of instanceof Map<?, ?> dict) {
            return Types.canBeKey(key) ? dict.get(Types.key(key)) : null;
        }
        if (!Types.isInteger(key)) {
            return null;
        }
        long index = Types.integer(key);
        if (of instanceof String text) {
            return character(text, index);
        }
        return of instanceof DictView ? null : at(Types.sized(of), index);
    }

    private static @Nullable Object at(@Nullable List<Object> items, long index) {
        if (items == null) {
            return null;
        }
        long place = index < 0 ? index + items.size() : index;
        return place < 0 || place >= items.size() ? null : items.get((int) place);
    }

    private @Nullable Object character(String text, long index) {
        run.chargeText(text.length());
        int length = Characters.length(text);
        long place = index < 0 ? index + length : index;
        return place < 0 || place >= length
                ? null
                : Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) place)));
    }

    /** A slice of what has none is an error in Jinja, where a place that is not there is not. */
    private Object sliced(Object of, Bounds bounds) {
        if (!bounds.isValid()) {
            throw JinjaException.of("slice indices must be integers or None");
        }
        if (of instanceof String text) {
            run.chargeText(text.length());
            return sliced(text, bounds.over(Characters.length(text)));
        }
        @Nullable List<Object> items = of instanceof DictView ? null : Types.sized(of);
        if (items == null) {
            throw JinjaException.of("'" + Types.name(of) + "' object cannot be sliced");
        }
        run.chargeItems(items.size());
        List<Object> slice = new ArrayList<>();
        Bounds.Places places = bounds.over(items.size());
        for (int index = 0; index < places.count(); index++) {
            slice.add(items.get(places.at(index)));
        }
        return of instanceof Tuple ? Tuple.of(slice) : slice;
    }

    private String sliced(String text, Bounds.Places places) {
        if (places.distance() == 1) {
            int start = text.offsetByCodePoints(0, places.first());
            return text.substring(start, text.offsetByCodePoints(start, places.count()));
        }
        run.chargeExamined(text);
        int[] characters = text.codePoints().toArray();
        StringBuilder slice = new StringBuilder();
        for (int index = 0; index < places.count(); index++) {
            slice.appendCodePoint(characters[places.at(index)]);
        }
        return slice.toString();
    }
}
