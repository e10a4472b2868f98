package dev.graft.compiler.ir;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Nodes in order, with the values they pass on: the model's graph, a control-flow node's body, or a function's body. */
public final class Graph {
    /** What the file says of a value in one of its three lists; a value may be described more than once, or not exist. */
    record Description(@Nullable Value value, @Nullable Unmodelled rest) {}

    final @Nullable Unmodelled rest;
    final Map<String, Value> values = new LinkedHashMap<>();
    final Set<Value> initializers = new LinkedHashSet<>();
    final List<Description> inputs = new ArrayList<>();
    final List<Description> outputs = new ArrayList<>();
    final List<Description> descriptions = new ArrayList<>();

    @Nullable
    Graph outer;

    @Nullable
    Node owner;

    @Nullable
    Node first;

    @Nullable
    Node last;

    String name;

    Graph(@Nullable Graph outer, String name, @Nullable Unmodelled rest) {
        this.outer = outer;
        this.name = name;
        this.rest = rest;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** The graph around it, whose values its nodes can read; empty for a main graph and a function's body. */
    public Optional<Graph> outer() {
        return Optional.ofNullable(outer);
    }

    /** The control-flow node whose body it is; empty for a main graph and a function's body. */
    public Optional<Node> owner() {
        return Optional.ofNullable(owner);
    }

    /** Its nodes in order, as they are now. */
    public List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        for (Node node = first; node != null; node = node.next) {
            nodes.add(node);
        }
        return nodes;
    }

    /** The first node, or null. */
    public @Nullable Node first() {
        return first;
    }

    /** Its inputs in order, those with a default among them. */
    public List<Value> inputs() {
        return present(inputs);
    }

    /** Its outputs in order. */
    public List<Value> outputs() {
        return present(outputs);
    }

    /** Its initializers in the order of the file. */
    public List<Value> initializers() {
        return List.copyOf(initializers);
    }

    /** All values that it defines, and those it names but nothing defines. */
    public Collection<Value> values() {
        return Collections.unmodifiableCollection(values.values());
    }

    /** The value of that name here or in the graphs around. */
    public Optional<Value> find(String valueName) {
        for (Graph graph = this; graph != null; graph = graph.outer) {
            Value value = graph.values.get(valueName);
            if (value != null) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    /** Whether this graph is {@code other} or lies inside it. */
    public boolean isWithin(Graph other) {
        for (Graph graph = this; graph != null; graph = graph.outer) {
            if (graph == other) {
                return true;
            }
        }
        return false;
    }

    /** Links a node behind {@code anchor}; in front of all where it is null. */
    void link(Node node, @Nullable Node anchor) {
        Node behind = anchor == null ? first : anchor.next;
        node.previous = anchor;
        node.next = behind;
        if (anchor == null) {
            first = node;
        } else {
            anchor.next = node;
        }
        if (behind == null) {
            last = node;
        } else {
            behind.previous = node;
        }
    }

    void unlink(Node node) {
        if (node.previous == null) {
            first = node.next;
        } else {
            node.previous.next = node.next;
        }
        if (node.next == null) {
            last = node.previous;
        } else {
            node.next.previous = node.previous;
        }
        node.previous = null;
        node.next = null;
    }

    private static List<Value> present(List<Description> list) {
        List<Value> values = new ArrayList<>(list.size());
        for (Description description : list) {
            if (description.value() != null) {
                values.add(description.value());
            }
        }
        return values;
    }
}
