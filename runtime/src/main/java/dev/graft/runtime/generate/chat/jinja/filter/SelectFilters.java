package dev.graft.runtime.generate.chat.jinja.filter;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.operator.AttributePath;
import dev.graft.runtime.generate.chat.jinja.operator.Items;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Filtering;
import dev.graft.runtime.generate.chat.jinja.value.Iteration;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Once;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters that ask each item, or make another of it; each only when it is its turn, as Jinja's generators do. */
final class SelectFilters {
    private final Run run;
    private final Items items;
    private final Tests tests;
    private final Filters filters;

    SelectFilters(Run run, Items items, Tests tests, Filters filters) {
        this.run = run;
        this.items = items;
        this.tests = tests;
        this.filters = filters;
    }

    Map<String, Filter> table() {
        return Map.of(
                "select", (value, arguments) -> selected(value, arguments, true),
                "reject", (value, arguments) -> selected(value, arguments, false),
                "selectattr", (value, arguments) -> selectedBy(value, arguments, true),
                "rejectattr", (value, arguments) -> selectedBy(value, arguments, false),
                "attr", this::attribute,
                "map", this::map);
    }

    private Object attribute(Object value, Arguments arguments) {
        return items.attributeOnly(value, Types.text(arguments.bind("name").need("name")));
    }

    private boolean holds(Object value, Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            return Types.truth(value);
        }
        return tests.holds(Types.text(arguments.positional().get(0)), value, arguments.rest());
    }

    private Object selected(Object value, Arguments arguments, boolean wanted) {
        if (!Types.truth(value)) {
            return new Once(List.<Object>of().iterator());
        }
        return new Once(new Filtering(Iteration.over(run, value), item -> holds(item, arguments) == wanted));
    }

    private Object selectedBy(Object value, Arguments arguments, boolean wanted) {
        if (!Types.truth(value)) {
            return new Once(List.<Object>of().iterator());
        }
        if (arguments.positional().isEmpty()) {
            throw JinjaException.of("Missing parameter for attribute name");
        }
        AttributePath path = AttributePath.of(run, arguments.positional().get(0));
        Arguments test = arguments.rest();
        return new Once(new Filtering(
                Iteration.over(run, value), item -> holds(path.in(items, item, None.NONE), test) == wanted));
    }

    private Object map(Object value, Arguments arguments) {
        if (!Types.truth(value)) {
            return new Once(List.<Object>of().iterator());
        }
        Iterator<Object> source = Iteration.over(run, value);
        Filter change = change(arguments);
        return new Once(new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public Object next() {
                return change.apply(source.next(), arguments);
            }
        });
    }

    private Filter change(Arguments arguments) {
        if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
            Arguments.Bound bound = arguments.bind("attribute", "default");
            AttributePath path = AttributePath.of(run, bound.need("attribute"));
            return (item, all) -> path.in(items, item, bound.get("default", None.NONE));
        }
        if (arguments.positional().isEmpty()) {
            throw JinjaException.of("map requires a filter argument");
        }
        String name = Types.text(arguments.positional().get(0));
        return (item, all) -> filters.apply(name, item, all.rest());
    }
}
