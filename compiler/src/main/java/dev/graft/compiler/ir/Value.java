package dev.graft.compiler.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A named tensor that flows through a graph: made by a node, fed as a graph input, or stored as an initializer. */
public final class Value {
    /**
     * One place where a value is read.
     *
     * @param node the reader
     * @param input which of its inputs
     */
    public record Use(Node node, int input) {}

    final List<Use> uses = new ArrayList<>();
    Graph graph;
    String name;

    @Nullable
    Node producer;

    @Nullable
    TensorData initializer;

    @Nullable
    ValueType type;
    /** Whether {@link #type} was set here, so that what the file said of it no longer holds. */
    boolean retyped;

    /** Whether it is a sparse initializer, whose contents are only carried along. */
    boolean sparse;

    boolean input;
    int timesOutput;

    Value(Graph graph, String name) {
        this.graph = graph;
        this.name = name;
    }

    /** The name, unique in its graph and the graphs around it. */
    public String name() {
        return name;
    }

    /** The graph that defines it. */
    public Graph graph() {
        return graph;
    }

    /** The node that makes it; empty for inputs and initializers. */
    public Optional<Node> producer() {
        return Optional.ofNullable(producer);
    }

    /** The nodes that read it, in this graph and in subgraphs, in no particular order. */
    public List<Use> uses() {
        return Collections.unmodifiableList(uses);
    }

    /** Its type, where the model says so. */
    public Optional<ValueType> type() {
        return Optional.ofNullable(type);
    }

    /** Its stored contents, if it is an initializer (of a graph input: the default). */
    public Optional<TensorData> initializer() {
        return Optional.ofNullable(initializer);
    }

    /** Its contents, if it is an initializer that no one can override, or a Constant's tensor. */
    public Optional<TensorData> constant() {
        if (initializer != null) {
            return input ? Optional.empty() : Optional.of(initializer);
        }
        return producer != null && producer.is("Constant") ? producer.tensorAttribute("value") : Optional.empty();
    }

    /** Whether it is an input of its graph. */
    public boolean isGraphInput() {
        return input;
    }

    /** Whether it is an output of its graph. */
    public boolean isGraphOutput() {
        return timesOutput > 0;
    }

    /** Whether anything defines it. */
    public boolean isDefined() {
        return producer != null || initializer != null || input || sparse;
    }

    @Override
    public String toString() {
        return name;
    }
}
