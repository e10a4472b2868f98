package dev.graft.training.graph;

import dev.graft.compiler.ir.ControlFlow;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Loop over a number of iterations, while it is being written.
 *
 * @param node the node; its outputs are the carried values after the last iteration, then what was collected
 * @param body its body
 * @param iteration in the body: the number of the iteration, from 0
 * @param going in the body: whether it goes on, which it always does
 * @param carried in the body: what the iteration begins with
 * @param types the types of the carried values
 */
record LoopNode(Node node, Graph body, Value iteration, Value going, List<Value> carried, List<ValueType> types) {
    private static final ValueType INDEX = ValueType.of(DType.INT64);
    private static final ValueType FLAG = ValueType.of(DType.BOOL);

    /**
     * Writes the node with a body that has its inputs and nothing else.
     *
     * @param trips how many iterations, an int64 scalar
     * @param initial the carried values before the first iteration
     * @param collected how many scalars of each iteration are collected
     */
    static LoopNode write(
            GraphEditor editor, Formulas f, Value trips, List<Value> initial, List<ValueType> types, int collected) {
        List<@Nullable Value> inputs = new ArrayList<>(Arrays.asList(trips, null));
        inputs.addAll(initial);
        Node node = f.builder()
                .nodes("Loop", "", inputs, List.of(), initial.size() + collected)
                .get(0)
                .producer()
                .orElseThrow();
        Graph body = ControlFlow.addBody(node, "body");
        Value iteration = editor.addGraphInput(body, node.name() + "/iteration", INDEX);
        Value going = editor.addGraphInput(body, node.name() + "/going", FLAG);
        List<Value> carried = new ArrayList<>();
        for (ValueType type : types) {
            carried.add(editor.addGraphInput(body, node.name() + "/carried", type));
        }
        return new LoopNode(node, body, iteration, going, List.copyOf(carried), List.copyOf(types));
    }

    /** Makes values of the body what an iteration ends with: the carried values, then scalars of float32 to be collected. */
    void finish(GraphEditor editor, List<Value> results) {
        Value goesOn = editor.atEnd(body).named(node.name()).node("Identity", going);
        result(editor, goesOn, FLAG);
        for (int i = 0; i < results.size(); i++) {
            result(editor, results.get(i), i < types.size() ? types.get(i) : ValueType.of(DType.FLOAT32));
        }
    }

    private static void result(GraphEditor editor, Value value, ValueType type) {
        editor.setType(value, type);
        editor.addGraphOutput(value);
    }
}
