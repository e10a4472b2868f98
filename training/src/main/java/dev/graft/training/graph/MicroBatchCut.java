package dev.graft.training.graph;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets a body read a micro-batch's part of a block's data where it has read inputs of the graph around it. Each micro-batch keeps its
 * own shape; nothing is padded to another's.
 */
final class MicroBatchCut {
    private static final Dim OF_BATCHES = new Dim.Symbolic("graft_batches");

    private final GraphEditor editor;
    private final Graph main;
    private final Formulas f;
    private final Value number;
    private final Value begin;
    private final Value end;

    /**
     * Writes at the start of the body.
     *
     * @param first in the graph around: the number of the body's first micro-batch in the block
     * @param iteration in the body: how many have come before
     */
    MicroBatchCut(GraphEditor editor, Graph body, Value first, Value iteration) {
        this.editor = editor;
        this.main = editor.model().graph();
        this.f = new Formulas(editor, editor.atStart(body).named("graft/block/cut"));
        this.number = f.add(first, iteration);
        this.begin = f.reshape(number, f.ints(1));
        this.end = f.add(begin, f.ints(1));
    }

    /** A number for each micro-batch in place of one. */
    void replaceNumber(Value input) {
        String all = BlockGraph.eachOf(input.name());
        replace(input, f.builder().gather(ofAll(all, input), number, 0));
    }

    /** A part of the elements of all micro-batches in place of a tensor. */
    void replaceTensor(Value input) {
        DType dtype = input.type().orElseThrow().dtype();
        Value elements = add(BlockGraph.elementsOf(input.name()), dtype, 1);
        if (input.type().orElseThrow().rank() == 0) {
            replace(input, f.builder().gather(elements, number, 0));
            return;
        }
        GraphBuilder g = f.builder();
        Value offsets = add(BlockGraph.offsetsOf(input.name()), DType.INT64, 1);
        Value part = f.slice(elements, g.gather(offsets, begin, 0), g.gather(offsets, end, 0), f.ints(0));
        Value shape = g.gather(add(BlockGraph.shapesOf(input.name()), DType.INT64, 2), number, 0);
        replace(input, f.reshape(part, shape));
    }

    private Value ofAll(String name, Value one) {
        ValueType type = one.type().orElseThrow();
        List<Dim> dims = new ArrayList<>(List.of(OF_BATCHES));
        dims.addAll(type.dims().orElseThrow());
        return editor.addGraphInput(main, name, ValueType.of(type.dtype(), dims.toArray(Dim[]::new)));
    }

    private Value add(String name, DType dtype, int rank) {
        Dim[] dims = new Dim[rank];
        for (int axis = 0; axis < rank; axis++) {
            dims[axis] = new Dim.Symbolic("");
        }
        return editor.addGraphInput(main, name, ValueType.of(dtype, dims));
    }

    private void replace(Value input, Value part) {
        // without it fusions that look at shapes are not done in the body, and the last bits are others
        Value typed = f.builder().described(part, input.type().orElseThrow());
        editor.replaceUses(input, typed, any -> true);
        editor.removeGraphInput(input);
    }
}
