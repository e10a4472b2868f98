package dev.graft.runtime.generate.chat.jinja.filter;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.DictView;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Once;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters over items in the order they are in, and those that give what was not there. */
final class ListFilters {
    private final Run run;

    ListFilters(Run run) {
        this.run = run;
    }

    Map<String, Filter> table() {
        return Map.ofEntries(
                Map.entry("default", ListFilters::orDefault),
                Map.entry("d", ListFilters::orDefault),
                Map.entry("length", (value, arguments) -> Iteration.length(value)),
                Map.entry("count", (value, arguments) -> Iteration.length(value)),
                Map.entry("list", (value, arguments) -> Iteration.list(run, value)),
                Map.entry("first", (value, arguments) -> first(value)),
                Map.entry("last", (value, arguments) -> last(value)),
                Map.entry("reverse", (value, arguments) -> reversed(value)),
                Map.entry("items", (value, arguments) -> items(value)),
                Map.entry("batch", this::batch),
                Map.entry("slice", this::slice));
    }

    private static Object orDefault(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default_value", "boolean");
        boolean missing = value instanceof Undefined || (bound.flag("boolean", false) && !Types.truth(value));
        return missing ? bound.get("default_value", "") : value;
    }

    private Object first(Object value) {
        Iterator<Object> items = Iteration.over(run, value);
        return items.hasNext() ? items.next() : Undefined.of("No first item, sequence was empty.");
    }

    private Object last(Object value) {
        if (value instanceof Once) {
            throw JinjaException.of("'generator' object is not reversible");
        }
        @Nullable List<Object> sized = Types.sized(value);
        List<Object> items = sized == null ? Iteration.list(run, value) : sized;
        return items.isEmpty() ? Undefined.of("No last item, sequence was empty.") : items.get(items.size() - 1);
    }

    private Object reversed(Object value) {
        if (value instanceof String text) {
            return new StringBuilder(text).reverse().toString();
        }
        List<Object> items = Iteration.list(run, value);
        Collections.reverse(items);
        return new Once(items.iterator());
    }

    private Object items(Object value) {
        if (value instanceof Undefined) {
            return new Once(Collections.emptyIterator());
        }
        if (!(value instanceof Map)) {
            throw JinjaException.of("Can only get item pairs from a mapping.");
        }
        run.charge(Types.dict(value).size());
        return new Once(DictView.pairs(Types.dict(value)).iterator());
    }

    private Object batch(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("linecount", "fill_with");
        long size = Types.integer(bound.need("linecount"));
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object item : Iteration.list(run, value)) {
            if (batch.size() == size) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            fill(batch, size, bound.get("fill_with", None.NONE));
            batches.add(batch);
        }
        return new Once(batches.iterator());
    }

    private void fill(List<Object> batch, long size, Object filler) {
        if (filler == None.NONE) {
            return;
        }
        run.chargeItems(Math.max(0, size));
        while (batch.size() < size) {
            batch.add(filler);
        }
    }

    private Object slice(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("slices", "fill_with");
        List<Object> items = Iteration.list(run, value);
        long slices = Types.integer(bound.need("slices"));
        if (slices == 0) {
            throw JinjaException.of("a division by zero");
        }
        run.chargeItems(Math.max(0, slices));
        return new Once(sliced(items, (int) Math.max(0, slices), bound).iterator());
    }

    private static List<Object> sliced(List<Object> items, int slices, Arguments.Bound bound) {
        List<Object> result = new ArrayList<>();
        int at = 0;
        for (int number = 0; number < slices; number++) {
            boolean longer = number < items.size() % slices;
            int end = at + items.size() / slices + (longer ? 1 : 0);
            List<Object> slice = new ArrayList<>(items.subList(at, end));
            if (bound.hasValue("fill_with") && number >= items.size() % slices) {
                slice.add(bound.need("fill_with"));
            }
            result.add(slice);
            at = end;
        }
        return result;
    }
}
