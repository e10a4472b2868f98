package dev.graft.runtime.generate.chat.jinja.filter;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.operator.Items;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All filters by name. */
public final class Filters {
    private final Run run;
    private final Map<String, Filter> filters = new HashMap<>();

    /** Filters that work at the expense of a rendering. */
    public Filters(Run run, Items items, Tests tests) {
        this.run = run;
        filters.putAll(new TextFilters(run).table());
        filters.putAll(new MarkupFilters(run).table());
        filters.putAll(new NumberFilters(run).table());
        filters.putAll(new ListFilters(run).table());
        filters.putAll(new OrderFilters(run, items).table());
        filters.putAll(new SelectFilters(run, items, tests, this).table());
    }

    /** What the filter of that name makes of a value. */
    public Object apply(String name, Object value, Arguments arguments) {
        @Nullable Filter filter = filters.get(name);
        if (filter == null) {
            throw JinjaException.of("no filter named '" + name + "'");
        }
        run.step();
        run.chargeValue(value);
        Object result = filter.apply(value, arguments);
        run.chargeValue(result);
        return result;
    }
}
