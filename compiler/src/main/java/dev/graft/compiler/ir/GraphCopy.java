package dev.graft.compiler.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies the nodes of a function's body or of a branch into the graph that runs it. Values and nodes get names of their own; values
 * that {@link #map} knows stand for their counterparts, and those of graphs around the copied one stay what they are.
 */
public final class GraphCopy {
    private final GraphEditor editor;
    private final String prefix;
    private final @Nullable Map<String, Attribute> callersAttributes;
    private final Map<Value, Value> values = new HashMap<>();

    private GraphCopy(GraphEditor editor, String prefix, @Nullable Map<String, Attribute> callersAttributes) {
        this.editor = editor;
        this.prefix = prefix;
        this.callersAttributes = callersAttributes;
    }

    /** A copy of a branch; names begin with the prefix. */
    public static GraphCopy ofBranch(GraphEditor editor, String prefix) {
        return new GraphCopy(editor, prefix, null);
    }

    /** A copy of a function's body, whose attribute references become the attributes of the call, or are left out where it has none. */
    public static GraphCopy ofFunction(GraphEditor editor, String prefix, Map<String, Attribute> callersAttributes) {
        return new GraphCopy(editor, prefix, Map.copyOf(callersAttributes));
    }

    /** Lets a value of the source stand for one of the target; a copied node then makes that one instead of a new value. */
    public void map(Value source, Value target) {
        values.put(source, target);
    }

    /** Whether a value of the source has a counterpart. */
    public boolean isMapped(Value source) {
        return values.containsKey(source);
    }

    /** What a value of the source is in the target. */
    public Value of(Value source) {
        return values.getOrDefault(source, source);
    }

    /** Copies initializers and nodes in front of a node, and returns the copied nodes. */
    public List<Node> copyBefore(Node place, Graph source) {
        copyInitializers(source, place.graph);
        List<Node> copies = new ArrayList<>();
        for (Node node = source.first(); node != null; node = node.next()) {
            copies.add(copy(node, place.graph, place.previous));
        }
        return copies;
    }

    private void copyInitializers(Graph source, Graph target) {
        for (Value initializer : source.initializers()) {
            Value copy = counterpart(initializer, target);
            initializer.initializer().ifPresent(contents -> editor.setInitializer(copy, contents));
        }
    }

    private Node copy(Node node, Graph target, @Nullable Node anchor) {
        String name = node.name.isEmpty() ? "" : editor.model().names().freshNode(prefix + node.name);
        Node copy = new Node(target, name, node.domain, node.opType, node.rest);
        copy.overload = node.overload;
        copy.metadata.putAll(node.metadata);
        target.link(copy, anchor);
        for (Value input : node.inputs) {
            copy.inputs.add(null);
            editor.replaceInput(copy, copy.inputs.size() - 1, input == null ? null : of(input));
        }
        for (Value output : node.outputs) {
            Value made = output == null ? null : counterpart(output, target);
            if (made != null) {
                made.producer = copy;
            }
            copy.outputs.add(made);
        }
        node.attributes().forEach(attribute -> copyAttribute(copy, attribute));
        return copy;
    }

    private void copyAttribute(Node copy, Attribute attribute) {
        if (attribute.value() instanceof Attribute.GraphsValue bodies) {
            List<Graph> copies =
                    bodies.graphs().stream().map(body -> copyBody(body, copy)).toList();
            Attribute.GraphsValue value = new Attribute.GraphsValue(copies, bodies.several());
            editor.setAttribute(copy, new Attribute(attribute.name(), value, attribute.rest()));
        } else if (attribute.value() instanceof Attribute.Reference reference && callersAttributes != null) {
            Attribute given = callersAttributes.get(reference.attribute());
            if (given != null) {
                editor.setAttribute(copy, new Attribute(attribute.name(), given.value(), null));
            }
        } else {
            editor.setAttribute(copy, attribute);
        }
    }

    private Graph copyBody(Graph body, Node owner) {
        Graph copy = new Graph(owner.graph, body.name, body.rest);
        copy.owner = owner;
        for (Graph.Description input : body.inputs) {
            if (input.value() != null) {
                counterpart(input.value(), copy).input = true;
            }
            copy.inputs.add(counterpart(input));
        }
        copyInitializers(body, copy);
        for (Node node = body.first(); node != null; node = node.next()) {
            copy(node, copy, copy.last);
        }
        for (Graph.Description output : body.outputs) {
            if (output.value() != null) {
                of(output.value()).timesOutput++;
            }
            copy.outputs.add(counterpart(output));
        }
        return copy;
    }

    private Graph.Description counterpart(Graph.Description description) {
        Value value = description.value();
        return new Graph.Description(value == null ? null : of(value), description.rest());
    }

    private Value counterpart(Value source, Graph target) {
        return values.computeIfAbsent(source, any -> editor.newValue(target, prefix + source.name, source.type));
    }
}
