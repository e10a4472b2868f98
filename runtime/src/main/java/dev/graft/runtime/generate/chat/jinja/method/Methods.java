package dev.graft.runtime.generate.chat.jinja.method;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Comparison;
import dev.graft.runtime.generate.chat.jinja.value.Dict;
import dev.graft.runtime.generate.chat.jinja.value.DictView;
import dev.graft.runtime.generate.chat.jinja.value.Function;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Range;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of values; those that change a list or a dict are not there, as in Jinja's immutable sandbox. */
public final class Methods {
    private static final Set<String> OF_DICTS = Set.of("get", "keys", "values", "items", "copy");
    private static final Set<String> OF_LISTS = Set.of("index", "count");

    private final Run run;
    private final TextMethods texts;

    /** Methods that work at the expense of a rendering. */
    public Methods(Run run) {
        this.run = run;
        this.texts = new TextMethods(run);
    }

    /** The method of a value by its name, or null if there is none. */
    public @Nullable Function of(Object of, String name) {
        if (of instanceof String text) {
            return TextMethods.NAMES.contains(name) ? arguments -> texts.call(text, name, arguments) : null;
        }
        if (of instanceof Map) {
            return OF_DICTS.contains(name) ? arguments -> ofDict(Types.dict(of), name, arguments) : null;
        }
        @Nullable List<Object> items = Types.sized(of);
        if (items == null || of instanceof DictView) {
            return null;
        }
        if (name.equals("copy") && of instanceof List && !(of instanceof Range)) {
            return arguments -> copied(items);
        }
        return OF_LISTS.contains(name) ? arguments -> ofList(items, name, arguments) : null;
    }

    private Object copied(List<Object> items) {
        run.chargeItems(items.size());
        return new ArrayList<>(items);
    }

    private Object ofDict(Map<Object, Object> dict, String name, Arguments arguments) {
        if (name.equals("get")) {
            Arguments.Bound bound = arguments.bind("key", "default");
            @Nullable Object value = dict.get(Types.key(bound.need("key")));
            return value == null ? bound.get("default", None.NONE) : value;
        }
        arguments.bind();
        run.chargeItems(dict.size());
        return switch (name) {
            case "keys" -> new DictView("dict_keys", List.copyOf(dict.keySet()));
            case "values" -> new DictView("dict_values", List.copyOf(dict.values()));
            case "items" -> new DictView("dict_items", DictView.pairs(dict));
            default -> copied(dict);
        };
    }

    private Object copied(Map<Object, Object> dict) {
        Dict copy = new Dict();
        copy.putAll(run, dict);
        return copy;
    }

    private Object ofList(List<Object> items, String name, Arguments arguments) {
        Object wanted = arguments.bind("value").need("value");
        long count = 0;
        for (int index = 0; index < items.size(); index++) {
            if (Comparison.equal(run, items.get(index), wanted)) {
                if (name.equals("index")) {
                    return (long) index;
                }
                count++;
            }
        }
        if (name.equals("index")) {
            throw JinjaException.of("the value is not in the list");
        }
        return count;
    }
}
