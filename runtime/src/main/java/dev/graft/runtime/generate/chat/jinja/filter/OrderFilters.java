package dev.graft.runtime.generate.chat.jinja.filter;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.format.Repr;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.operator.Arithmetic;
import dev.graft.runtime.generate.chat.jinja.operator.AttributePath;
import dev.graft.runtime.generate.chat.jinja.operator.Items;
import dev.graft.runtime.generate.chat.jinja.text.Casing;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Comparison;
import dev.graft.runtime.generate.chat.jinja.value.Dict;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Once;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Filters that sort, compare, group, join and add up. */
final class OrderFilters {
    private final Run run;
    private final Items items;

    OrderFilters(Run run, Items items) {
        this.run = run;
        this.items = items;
    }

    Map<String, Filter> table() {
        return Map.of(
                "sort", this::sort,
                "dictsort", this::dictSort,
                "unique", this::unique,
                "groupby", this::groupBy,
                "min", (value, arguments) -> extreme(value, arguments, -1),
                "max", (value, arguments) -> extreme(value, arguments, 1),
                "sum", this::sum,
                "join", this::join);
    }

    private Object folded(Object value, boolean caseSensitive) {
        run.chargeValue(value);
        if (!(value instanceof String text) || caseSensitive) {
            return value;
        }
        run.chargeExamined(text);
        return Casing.lower(text);
    }

    private Object key(Object item, AttributePath path, boolean caseSensitive) {
        return folded(path.in(items, item, None.NONE), caseSensitive);
    }

    /** What a value is sorted by, and the value. */
    private record Keyed(List<Object> keys, Object value) {}

    private List<Object> sorted(List<Keyed> keyed, boolean reverse) {
        run.chargeItems(keyed.size());
        Comparator<Keyed> order = (left, right) -> Comparison.compare(run, new ArrayList<>(left.keys()), right.keys());
        List<Object> sorted = new ArrayList<>();
        keyed.stream().sorted(reverse ? order.reversed() : order).forEach(item -> sorted.add(item.value()));
        return sorted;
    }

    private Object sort(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("reverse", "case_sensitive", "attribute");
        Object attribute = bound.get("attribute", None.NONE);
        List<AttributePath> paths = attribute instanceof String text
                ? Arrays.stream(text.split(",", -1))
                        .map(path -> AttributePath.of(run, path))
                        .toList()
                : List.of(AttributePath.of(run, attribute));
        boolean caseSensitive = bound.flag("case_sensitive", false);
        List<Keyed> keyed = new ArrayList<>();
        for (Object item : Iteration.list(run, value)) {
            keyed.add(new Keyed(
                    paths.stream().map(path -> key(item, path, caseSensitive)).toList(), item));
        }
        return sorted(keyed, bound.flag("reverse", false));
    }

    private Object dictSort(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("case_sensitive", "by", "reverse");
        if (!(value instanceof Map)) {
            throw JinjaException.of("dictsort needs a dict");
        }
        String by = bound.text("by", "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw JinjaException.of("You can only sort by either \"key\" or \"value\"");
        }
        boolean caseSensitive = bound.flag("case_sensitive", false);
        List<Keyed> keyed = new ArrayList<>();
        run.charge(Types.dict(value).size());
        Types.dict(value)
                .forEach((key, item) -> keyed.add(
                        new Keyed(List.of(folded(by.equals("key") ? key : item, caseSensitive)), Tuple.of(key, item))));
        return sorted(keyed, bound.flag("reverse", false));
    }

    private Object unique(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("case_sensitive", "attribute");
        AttributePath path = AttributePath.of(run, bound.get("attribute", None.NONE));
        boolean caseSensitive = bound.flag("case_sensitive", false);
        Set<Object> seen = new TreeSet<>(Dict.KEY_ORDER);
        List<Object> unique = new ArrayList<>();
        for (Object item : Iteration.list(run, value)) {
            if (seen.add(Types.key(key(item, path, caseSensitive)))) {
                unique.add(item);
            }
        }
        return new Once(unique.iterator());
    }

    private Object groupBy(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("attribute", "default", "case_sensitive");
        AttributePath path = AttributePath.of(run, bound.need("attribute"));
        boolean caseSensitive = bound.flag("case_sensitive", false);
        List<Keyed> keyed = new ArrayList<>();
        for (Object item : Iteration.list(run, value)) {
            Object name = path.in(items, item, bound.get("default", None.NONE));
            keyed.add(new Keyed(List.of(folded(name, caseSensitive)), Tuple.of(name, item)));
        }
        return grouped(sorted(keyed, false), caseSensitive);
    }

    private List<Object> grouped(List<Object> named, boolean caseSensitive) {
        Map<Object, List<Object>> groups = new TreeMap<>(Dict.KEY_ORDER);
        List<Object> inOrder = new ArrayList<>();
        for (Object entry : named) {
            List<Object> pair = ((Tuple) entry).items();
            groups.computeIfAbsent(Types.key(folded(pair.get(0), caseSensitive)), key -> {
                        List<Object> group = new ArrayList<>();
                        inOrder.add(new Tuple(List.of(pair.get(0), group), List.of("grouper", "list")));
                        return group;
                    })
                    .add(pair.get(1));
        }
        return inOrder;
    }

    private Object extreme(Object value, Arguments arguments, int wanted) {
        Arguments.Bound bound = arguments.bind("case_sensitive", "attribute");
        AttributePath path = AttributePath.of(run, bound.get("attribute", None.NONE));
        boolean caseSensitive = bound.flag("case_sensitive", false);
        Object best = Undefined.of("No aggregated item, sequence was empty.");
        Object bestKey = best;
        boolean first = true;
        for (Object item : Iteration.list(run, value)) {
            Object key = key(item, path, caseSensitive);
            if (first || Comparison.compare(run, key, bestKey) * wanted > 0) {
                best = item;
                bestKey = key;
            }
            first = false;
        }
        return best;
    }

    private Object sum(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("attribute", "start");
        AttributePath path = AttributePath.of(run, bound.get("attribute", None.NONE));
        Object sum = bound.get("start", 0L);
        if (sum instanceof String) {
            throw JinjaException.of("sum() can't sum strings");
        }
        Arithmetic arithmetic = new Arithmetic(run);
        for (Object item : Iteration.list(run, value)) {
            sum = arithmetic.apply("+", sum, path.in(items, item, None.NONE));
        }
        return sum;
    }

    private Object join(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("d", "attribute");
        AttributePath path = AttributePath.of(run, bound.get("attribute", None.NONE));
        String separator = Repr.text(run, bound.get("d", ""));
        Sink sink = new Sink(run);
        String between = "";
        for (Object item : Iteration.list(run, value)) {
            sink.add(between).add(Repr.text(run, path.in(items, item, None.NONE)));
            between = separator;
        }
        return sink.toString();
    }
}
