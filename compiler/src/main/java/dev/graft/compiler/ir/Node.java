package dev.graft.compiler.ir;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One operation of a graph. */
public final class Node {
    /** The metadata key under which nodes that Graft adds say what they are for. */
    public static final String SOURCE = "dev.graft.source";

    final List<@Nullable Value> inputs = new ArrayList<>();
    final List<@Nullable Value> outputs = new ArrayList<>();
    final Map<String, Attribute> attributes = new LinkedHashMap<>();
    final Map<String, String> metadata = new LinkedHashMap<>();
    final @Nullable Unmodelled rest;
    Graph graph;
    String name;
    String domain;
    String opType;
    String overload = "";

    @Nullable
    Node previous;

    @Nullable
    Node next;

    boolean removed;

    Node(Graph graph, String name, String domain, String opType, @Nullable Unmodelled rest) {
        this.graph = graph;
        this.name = name;
        this.domain = domain;
        this.opType = opType;
        this.rest = rest;
    }

    /** The graph it is in. */
    public Graph graph() {
        return graph;
    }

    /** Its name, often empty. */
    public String name() {
        return name;
    }

    /** The domain of its operator set; empty for ONNX's own. */
    public String domain() {
        return domain;
    }

    /** Its operator. */
    public String opType() {
        return opType;
    }

    /** Which of several functions of its operator's name it calls; usually empty. */
    public String overload() {
        return overload;
    }

    /** Whether it is this operator of ONNX's own set. */
    public boolean is(String operator) {
        return opType.equals(operator) && (domain.isEmpty() || domain.equals("ai.onnx"));
    }

    /** Whether it is this operator of that operator set. */
    public boolean is(String operatorDomain, String operator) {
        return domain.equals(operatorDomain) && opType.equals(operator);
    }

    /** Its inputs in order; null for one left out. */
    public List<@Nullable Value> inputs() {
        return Collections.unmodifiableList(inputs);
    }

    /** Input {@code index}, or null where it is left out. */
    public @Nullable Value input(int index) {
        return index < inputs.size() ? inputs.get(index) : null;
    }

    /** Its outputs in order; null for one left out. */
    public List<@Nullable Value> outputs() {
        return Collections.unmodifiableList(outputs);
    }

    /**
     * Output {@code index}.
     *
     * @throws IllegalArgumentException if the node leaves it out
     */
    public Value output(int index) {
        Value output = index < outputs.size() ? outputs.get(index) : null;
        if (output == null) {
            throw new IllegalArgumentException(displayName() + " has no output " + index);
        }
        return output;
    }

    /** Its attributes. */
    public Collection<Attribute> attributes() {
        return Collections.unmodifiableCollection(attributes.values());
    }

    /** The attribute of that name. */
    public Optional<Attribute> attribute(String attribute) {
        return Optional.ofNullable(attributes.get(attribute));
    }

    /** An integer attribute, or the default where the node does not have it. */
    public long intAttribute(String attribute, long otherwise) {
        return payload(attribute) instanceof Attribute.IntValue value ? value.value() : otherwise;
    }

    /** A float attribute, or the default where the node does not have it. */
    public float floatAttribute(String attribute, float otherwise) {
        return payload(attribute) instanceof Attribute.FloatValue value ? value.value() : otherwise;
    }

    /** A string attribute, or the default where the node does not have it. */
    public String stringAttribute(String attribute, String otherwise) {
        return payload(attribute) instanceof Attribute.StringValue value ? value.value() : otherwise;
    }

    /** An attribute that is a list of integers. */
    public Optional<List<Long>> intsAttribute(String attribute) {
        return payload(attribute) instanceof Attribute.IntsValue value ? Optional.of(value.values()) : Optional.empty();
    }

    /** A tensor attribute. */
    public Optional<TensorData> tensorAttribute(String attribute) {
        return payload(attribute) instanceof Attribute.TensorValue value
                ? Optional.of(value.tensor())
                : Optional.empty();
    }

    /** The subgraphs of its attributes. */
    public List<Graph> subgraphs() {
        return attributes.values().stream()
                .flatMap(attribute -> attribute.graphs().stream())
                .toList();
    }

    /** Its metadata_props. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** The node behind it in its graph's order, or null for the last. */
    public @Nullable Node next() {
        return next;
    }

    /** How people recognise it: its name, or its operator and first output. */
    public String displayName() {
        Value first = outputs.isEmpty() ? null : outputs.get(0);
        return name.isEmpty() ? opType + "(" + (first == null ? "" : first.name()) + ")" : name;
    }

    @Override
    public String toString() {
        return displayName();
    }

    private Attribute.@Nullable Payload payload(String attribute) {
        Attribute found = attributes.get(attribute);
        return found == null ? null : found.value();
    }
}
