package dev.graft.compiler.attach;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The graph inputs of a batched model: which slot each row uses, and per module the A and B of all slots in a stack.
 *
 * <p>Slot 0, the base, has a layer of zeros in every stack. To leave it out would save one layer of memory in {@code slots + 1}, but then each
 * run would have to mask what it has looked up for the base's rows, at every target; a layer of zeros costs no node and no time.
 */
final class StackInputs {
    /** The input that says per row which slot it uses. */
    static final String SLOT = "adapter_slot";

    private static final String BATCH = "batch";

    private final GraphEditor editor;
    private final NameStyle names;
    private final SlotCapacity capacity;
    private final Value slot;
    private final Map<Long, Value> shapes = new HashMap<>();

    StackInputs(GraphEditor editor, NameStyle names, SlotCapacity capacity) {
        this.editor = editor;
        this.names = names;
        this.capacity = capacity;
        this.slot = add(SLOT, ValueType.of(DType.INT64, batch(editor.model().graph())));
    }

    /** Adds the stacks of a module: A [slots + 1, in, rank] and B [slots + 1, rank, out]. */
    InputSlots.Pair addPair(String module, DType dtype, long in, long out) {
        return new InputSlots.Pair(
                add(names.nameOfA(module), stack(dtype, in, capacity.maxRank())),
                add(names.nameOfB(module), stack(dtype, capacity.maxRank(), out)));
    }

    /** What each row's slot has in a stack: [batch, ...]. */
    Value ofRows(GraphBuilder g, Value stack) {
        return g.gather(stack, slot, 0);
    }

    /** The shape [batch, -1, width], computed once per run. */
    Value rowsOf(long width) {
        return shapes.computeIfAbsent(width, any -> {
            GraphBuilder g = editor.atStart(editor.model().graph()).named(SLOT).source("rows of a batch");
            return g.concat(0, List.of(g.node("Shape", slot), g.ints(-1, width)));
        });
    }

    private ValueType stack(DType dtype, long rows, long columns) {
        return ValueType.of(dtype, new Dim.Fixed(capacity.slots() + 1L), new Dim.Fixed(rows), new Dim.Fixed(columns));
    }

    private Value add(String name, ValueType type) {
        Value value = editor.addGraphInput(editor.model().graph(), name, type);
        if (!value.name().equals(name)) {
            throw AttachRules.nameTaken(name);
        }
        return value;
    }

    /** The first dimension of the model's first input, under the symbol that it has there. */
    static Dim batch(Graph main) {
        Dim first = main.inputs().stream()
                .filter(input -> input.initializer().isEmpty())
                .findFirst()
                .flatMap(Value::type)
                .flatMap(ValueType::dims)
                .filter(dims -> !dims.isEmpty())
                .map(dims -> dims.get(0))
                .orElse(new Dim.Symbolic(BATCH));
        boolean unnamed =
                first instanceof Dim.Symbolic symbolic && symbolic.symbol().isEmpty();
        return unnamed ? new Dim.Symbolic(BATCH) : first;
    }
}
