package dev.graft.compiler.ir;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks what must hold of a model before and after every pass: nodes in topological order, each value defined once and before it
 * is read, subgraphs that read only what is around them, outputs that exist, operator sets that are imported, use-def
 * chains that agree.
 */
public final class ModelVerifier {
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Long> opsets;

    private ModelVerifier(Map<String, Long> opsets) {
        this.opsets = opsets;
    }

    /** What is wrong with the model, one sentence each; nothing for a sound one. */
    public static List<String> problems(OnnxModel model) {
        ModelVerifier main = new ModelVerifier(model.opsets());
        main.check(model.graph(), Set.of());
        for (Function function : model.functions()) {
            ModelVerifier body = new ModelVerifier(function.opsets());
            body.check(function.body(), Set.of());
            main.problems.addAll(body.problems);
        }
        return main.problems;
    }

    private void check(Graph graph, Set<Value> visible) {
        Set<Value> defined = new HashSet<>(visible);
        for (Value value : graph.values()) {
            if (value.producer().isEmpty() && value.isDefined()) {
                defined.add(value);
            }
        }
        Set<Value> made = new HashSet<>();
        for (Node node = graph.first(); node != null; node = node.next()) {
            check(node, graph, defined);
            define(node, made, defined);
        }
        for (Value output : graph.outputs()) {
            if (!defined.contains(output)) {
                problems.add("output '" + output + "' of graph '" + graph.name() + "' is not defined");
            }
        }
    }

    private void check(Node node, Graph graph, Set<Value> defined) {
        if (node.graph() != graph) {
            problems.add("node " + node + " is listed in a graph that is not its own");
        }
        if (!isImported(node.domain())) {
            problems.add("node " + node + " needs the operator set '" + node.domain() + "', which is not imported");
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            checkInput(node, i, defined);
        }
        node.subgraphs().forEach(body -> check(body, defined));
    }

    private void checkInput(Node node, int index, Set<Value> defined) {
        Value input = node.input(index);
        if (input == null) {
            return;
        }
        if (!defined.contains(input)) {
            problems.add("node " + node + " reads '" + input + "', which nothing before it defines");
        }
        if (!input.uses().contains(new Value.Use(node, index))) {
            problems.add("value '" + input + "' does not know that node " + node + " reads it");
        }
    }

    private void define(Node node, Set<Value> made, Set<Value> defined) {
        for (Value output : node.outputs()) {
            if (output != null && !made.add(output)) {
                problems.add("value '" + output + "' is made twice, the second time by node " + node);
            }
            if (output != null && output.producer().orElse(null) != node) {
                problems.add("value '" + output + "' does not know that node " + node + " makes it");
            }
            if (output != null) {
                defined.add(output);
            }
        }
    }

    private boolean isImported(String domain) {
        return opsets.containsKey(domain)
                || domain.isEmpty() && opsets.containsKey("ai.onnx")
                || domain.equals("ai.onnx") && opsets.containsKey("");
    }
}
