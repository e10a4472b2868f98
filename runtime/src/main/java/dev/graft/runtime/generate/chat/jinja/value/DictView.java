package dev.graft.runtime.generate.chat.jinja.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code keys()}, {@code values()} and {@code items()} of a dict give: a length, but no places. */
public record DictView(String kind, List<Object> items) {
    /** The entries of a dict, each a key and its value. */
    public static List<Object> pairs(Map<Object, Object> dict) {
        List<Object> pairs = new ArrayList<>(dict.size());
        dict.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
        return pairs;
    }
}
