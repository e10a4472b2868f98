package dev.graft.compiler.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** Orders nodes so that each comes behind those whose values it or its subgraphs read; the file's order decides between equals. */
final class TopologicalOrder {
    private TopologicalOrder() {}

    /** The nodes in order; those of a cycle come last, as they were. */
    static List<Node> of(Graph graph) {
        List<Node> nodes = graph.nodes();
        Map<Node, Integer> place = new HashMap<>();
        nodes.forEach(node -> place.put(node, place.size()));
        Map<Node, List<Node>> readers = new HashMap<>();
        int[] waiting = new int[nodes.size()];
        for (Node node : nodes) {
            for (Node producer : producers(node, graph)) {
                readers.computeIfAbsent(producer, key -> new ArrayList<>()).add(node);
                waiting[place.getOrDefault(node, 0)]++;
            }
        }
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < waiting.length; i++) {
            if (waiting[i] == 0) {
                ready.add(i);
            }
        }
        List<Node> sorted = new ArrayList<>(nodes.size());
        while (!ready.isEmpty()) {
            Node node = nodes.get(ready.remove());
            sorted.add(node);
            for (Node reader : readers.getOrDefault(node, List.of())) {
                int at = place.getOrDefault(reader, 0);
                if (--waiting[at] == 0) {
                    ready.add(at);
                }
            }
        }
        return sorted.size() == nodes.size() ? sorted : nodes;
    }

    private static Set<Node> producers(Node node, Graph graph) {
        Set<Node> producers = new HashSet<>();
        for (Value input : node.inputs()) {
            if (input != null && input.producer != null && input.graph == graph && input.producer != node) {
                producers.add(input.producer);
            }
        }
        for (Graph body : node.subgraphs()) {
            body.nodes().forEach(inner -> producers.addAll(producers(inner, graph)));
            body.outputs().stream()
                    .filter(output -> output.graph == graph && output.producer != null)
                    .forEach(output -> producers.add(output.producer));
        }
        producers.remove(node);
        return producers;
    }
}
