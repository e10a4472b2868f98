package dev.graft.compiler.ir;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Gives control-flow nodes their bodies: a graph without nodes, then nodes of the graphs around it that are moved there. */
public final class ControlFlow {
    private ControlFlow() {}

    /**
     * Gives a node a body that is empty, in place of the one it may have had.
     *
     * @param attribute the attribute that holds the body, such as {@code body} of a Loop
     * @return the body, whose nodes can read what is visible at the node
     */
    public static Graph addBody(Node owner, String attribute) {
        Graph body = new Graph(owner.graph, owner.name + "/" + attribute, null);
        body.owner = owner;
        Attribute.GraphsValue value = new Attribute.GraphsValue(List.of(body), false);
        owner.attributes.put(attribute, new Attribute(attribute, value, null));
        return body;
    }

    /**
     * Moves nodes of a graph behind all nodes of a body within it, with the values they make and what lies inside them; what they
     * read stays where it is. Builders that stand at one of the nodes must not be used any more.
     *
     * @param nodes all of one graph, in the order that they are to have
     * @param body a graph within theirs, but within none of the nodes
     * @throws IllegalArgumentException if what one of them makes is read, or is an output, outside of the body
     */
    public static void move(List<Node> nodes, Graph body) {
        Set<Node> moved = new HashSet<>(nodes);
        nodes.forEach(node -> requireMovable(node, body, moved));
        for (Node node : nodes) {
            Graph from = node.graph;
            from.unlink(node);
            node.graph = body;
            body.link(node, body.last);
            node.subgraphs().forEach(inner -> inner.outer = body);
            for (Value output : node.outputs) {
                if (output != null) {
                    move(output, from, body);
                }
            }
        }
    }

    private static void move(Value value, Graph from, Graph body) {
        from.values.remove(value.name, value);
        value.graph = body;
        body.values.put(value.name, value);
        from.descriptions.stream()
                .filter(description -> description.value() == value)
                .forEach(body.descriptions::add);
        from.descriptions.removeIf(description -> description.value() == value);
    }

    private static void requireMovable(Node node, Graph body, Set<Node> moved) {
        if (node.graph == body
                || !body.isWithin(node.graph)
                || node.subgraphs().stream().anyMatch(body::isWithin)) {
            throw new IllegalArgumentException(body.name + " does not lie in the graph of " + node);
        }
        for (Value output : node.outputs) {
            if (output == null) {
                continue;
            }
            if (output.isGraphOutput()) {
                throw new IllegalArgumentException(output + " is an output of " + node.graph.name);
            }
            for (Value.Use use : output.uses) {
                if (!isWithin(use.node(), body, moved)) {
                    throw new IllegalArgumentException(output + " is read by " + use.node() + ", which stays outside");
                }
            }
        }
    }

    /** Whether a node will be within the body: it is moved, or inside one that is, or is there already. */
    private static boolean isWithin(Node node, Graph body, Set<Node> moved) {
        if (node.graph.isWithin(body)) {
            return true;
        }
        for (Node around = node; around != null; around = around.graph.owner) {
            if (moved.contains(around)) {
                return true;
            }
        }
        return false;
    }
}
