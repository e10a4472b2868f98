package dev.graft.compiler.ir;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The one way to change a model. Use-def chains and names stay right whatever is called; the order of nodes is the caller's. */
public final class GraphEditor {
    private final OnnxModel model;

    /** An editor of a model; several editors of one model see each other's changes. */
    public GraphEditor(OnnxModel model) {
        this.model = model;
    }

    /** The model. */
    public OnnxModel model() {
        return model;
    }

    /** A builder whose nodes go behind a node, each behind the one before. */
    public GraphBuilder after(Node node) {
        return new GraphBuilder(this, node.graph, node);
    }

    /** A builder whose nodes go in front of a node. */
    public GraphBuilder before(Node node) {
        return new GraphBuilder(this, node.graph, node.previous);
    }

    /** A builder whose nodes go in front of all nodes of a graph. */
    public GraphBuilder atStart(Graph graph) {
        return new GraphBuilder(this, graph, null);
    }

    /** A builder whose nodes go behind all nodes of a graph. */
    public GraphBuilder atEnd(Graph graph) {
        return new GraphBuilder(this, graph, graph.last);
    }

    /** Lets a node read another value. */
    public void replaceInput(Node node, int index, @Nullable Value replacement) {
        Value old = node.inputs.get(index);
        if (old != null) {
            old.uses.remove(new Value.Use(node, index));
        }
        node.inputs.set(index, replacement);
        if (replacement != null) {
            replacement.uses.add(new Value.Use(node, index));
        }
    }

    /** Gives a node one more input at the end. */
    public void addInput(Node node, Value value) {
        node.inputs.add(null);
        replaceInput(node, node.inputs.size() - 1, value);
    }

    /** Lets all readers of a value that fit read another; graph outputs stay. */
    public void replaceUses(Value old, Value replacement, Predicate<Value.Use> which) {
        for (Value.Use use : List.copyOf(old.uses)) {
            if (which.test(use)) {
                replaceInput(use.node(), use.input(), replacement);
            }
        }
    }

    /**
     * Lets a value be made by a new node in the place of the old one, which gets an output of another name: all readers, and the
     * graph's outputs, follow without being touched.
     *
     * @param node the node that has made the value
     * @param index which of its outputs the value is
     * @param wish the name that the node's output gets instead
     * @return the node's new output
     */
    public Value divertOutput(Node node, int index, String wish) {
        Value old = node.output(index);
        Value fresh = newValue(node.graph, wish, old.type);
        fresh.producer = node;
        node.outputs.set(index, fresh);
        old.producer = null;
        return fresh;
    }

    /** Removes a node; nothing may read its outputs any more. */
    public void remove(Node node) {
        release(node);
        for (Value output : node.outputs) {
            if (output != null && output.producer == node) {
                output.producer = null;
                forget(output);
            }
        }
        node.graph.unlink(node);
        node.removed = true;
    }

    /** Lets a node and those of its bodies read nothing any more. */
    private void release(Node node) {
        for (int i = 0; i < node.inputs.size(); i++) {
            replaceInput(node, i, null);
        }
        node.subgraphs().forEach(body -> body.nodes().forEach(this::release));
    }

    /** Gives a value another name; the wish itself, or one like it that is free. */
    public void rename(Value value, String wish) {
        value.graph.values.remove(value.name);
        value.name = model.names().freshValue(wish);
        value.graph.values.put(value.name, value);
    }

    /** Gives a node another name; the wish itself, or one like it that is free. */
    public void rename(Node node, String wish) {
        node.name = model.names().freshNode(wish);
    }

    /** Adds an initializer. */
    public Value addInitializer(Graph graph, String wish, TensorData contents) {
        Value value = newValue(graph, wish, null);
        setInitializer(value, contents);
        return value;
    }

    /** Changes the contents of an initializer. */
    public void setInitializer(Value value, TensorData contents) {
        value.initializer = contents;
        value.graph.initializers.add(value);
    }

    /** Adds a graph input behind the others. */
    public Value addGraphInput(Graph graph, String wish, ValueType type) {
        Value value = newValue(graph, wish, type);
        makeGraphInput(value, type);
        return value;
    }

    /** Makes an initializer an input too, so that its contents become a default that callers can override. */
    public void makeGraphInput(Value value, ValueType type) {
        setType(value, type);
        value.input = true;
        value.graph.inputs.add(new Graph.Description(value, null));
    }

    /** Removes an input that nothing reads any more, with its default. */
    public void removeGraphInput(Value value) {
        if (isUsed(value)) {
            throw new IllegalArgumentException(value + " is still read");
        }
        value.input = false;
        value.graph.inputs.removeIf(input -> input.value() == value);
        value.graph.initializers.remove(value);
        forget(value);
    }

    /** Takes a value from its graph's inputs; one without a default is defined by nothing then, and waits for a node that makes it. */
    public void releaseGraphInput(Value value) {
        value.graph.inputs.removeIf(input -> input.value() == value);
        value.input = false;
    }

    /** Makes a value an output of its graph, behind the others; its type must be known. */
    public void addGraphOutput(Value value) {
        value.timesOutput++;
        value.retyped = true;
        value.graph.outputs.add(new Graph.Description(value, null));
    }

    /** Takes a value from its graph's outputs. */
    public void removeGraphOutput(Value value) {
        value.graph.outputs.removeIf(output -> output.value() == value);
        value.timesOutput = 0;
    }

    /** Says what type a value has, wherever the model describes it. */
    public void setType(Value value, ValueType type) {
        value.type = type;
        value.retyped = true;
    }

    /** Sets an attribute of a node. */
    public void setAttribute(Node node, Attribute attribute) {
        node.attributes.put(attribute.name(), attribute);
    }

    /** Removes an attribute of a node. */
    public void removeAttribute(Node node, String name) {
        node.attributes.remove(name);
    }

    /** Sets a metadata entry of a node. */
    public void setMetadata(Node node, String key, String value) {
        node.metadata.put(key, value);
    }

    /** Removes the model's local functions, which no node may call any more. */
    public void removeFunctions() {
        model.functions.clear();
    }

    /** Sets a metadata entry of the model. */
    public void setMetadata(String key, String value) {
        model.metadata.put(key, value);
    }

    /** Imports an operator set if the model does not yet; a version that is there stays. */
    public void importOpset(String domain, long version) {
        if (model.opset(domain).isEmpty()) {
            model.opsets.put(domain, version);
        }
    }

    /**
     * Raises the IR version if it is lower. Before version 4 every initializer is listed as an input and is constant all the same;
     * those are then listed no more, so that they stay what they were.
     */
    public void requireIrVersion(long version) {
        if (model.irVersion < 4 && version >= 4) {
            for (Value initializer : model.graph().initializers) {
                initializer.input = false;
                model.graph().inputs.removeIf(input -> input.value() == initializer);
            }
        }
        model.irVersion = Math.max(model.irVersion, version);
    }

    /** Removes initializers and nodes without effect whose values nothing reads, until none is left; returns how many. */
    public int removeUnused(Graph graph) {
        int removed = 0;
        for (Node node = graph.last; node != null; ) {
            Node previous = node.previous;
            boolean used = node.outputs.stream().anyMatch(output -> output != null && isUsed(output));
            if (!used) {
                remove(node);
                removed++;
            }
            node = previous;
        }
        for (Value value : graph.initializers()) {
            if (!isUsed(value) && !value.input) {
                graph.initializers.remove(value);
                forget(value);
                removed++;
            }
        }
        return removed;
    }

    /** Removes an initializer, or a node's output with its node, if nothing reads it any more. */
    public void removeIfUnused(Value value) {
        if (isUsed(value)) {
            return;
        }
        if (value.producer != null && value.producer.outputs.size() == 1) {
            remove(value.producer);
        } else if (value.initializer != null && !value.input) {
            value.graph.initializers.remove(value);
            forget(value);
        }
    }

    /** Brings a graph's nodes into topological order, as near to the present order as can be; returns whether any moved. */
    public boolean sort(Graph graph) {
        List<Node> before = graph.nodes();
        List<Node> sorted = TopologicalOrder.of(graph);
        if (sorted.equals(before)) {
            return false;
        }
        sorted.forEach(graph::unlink);
        sorted.forEach(node -> graph.link(node, graph.last));
        return true;
    }

    Node addNode(Graph graph, @Nullable Node anchor, String name, String domain, String opType) {
        Node node = new Node(graph, model.names().freshNode(name), domain, opType, null);
        graph.link(node, anchor);
        return node;
    }

    Value newValue(Graph graph, String wish, @Nullable ValueType type) {
        Value value = new Value(graph, model.names().freshValue(wish));
        value.type = type;
        graph.values.put(value.name, value);
        return value;
    }

    private static boolean isUsed(Value value) {
        return !value.uses.isEmpty() || value.timesOutput > 0;
    }

    private static void forget(Value value) {
        value.graph.values.remove(value.name, value);
        value.graph.descriptions.removeIf(description -> description.value() == value);
    }
}
