package dev.graft.compiler.ir;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The one owner of names in a model. Names of values and of nodes are two name spaces; both are unique across the model's graph,
 * its subgraphs and its functions, so that a name taken once never shadows another.
 */
public final class Names {
    private final Set<String> values = new HashSet<>();
    private final Set<String> nodes = new HashSet<>();
    private final Map<String, Integer> counters = new HashMap<>();

    Names() {}

    /** A value's name that no one has: the wish itself, or with the lowest free number behind it. */
    public String freshValue(String wish) {
        return fresh(values, wish);
    }

    /** A node's name that no one has. */
    public String freshNode(String wish) {
        return fresh(nodes, wish);
    }

    /** Whether a value has that name. */
    public boolean isValue(String name) {
        return values.contains(name);
    }

    void takeValue(String name) {
        values.add(name);
    }

    void takeNode(String name) {
        if (!name.isEmpty()) {
            nodes.add(name);
        }
    }

    private String fresh(Set<String> taken, String wish) {
        String name = wish;
        while (!taken.add(name)) {
            name = wish + "_" + counters.merge(wish, 1, Integer::sum);
        }
        return name;
    }
}
