package dev.graft.training.graph;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.autodiff.Formulas;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Dropout on the input of each branch, which follows from seeds that are fed and from nothing else: ONNX's own Dropout goes on from
 * where its last run left its generator, so that a resumed run could not repeat it.
 *
 * <p>Element (row, column) is dropped where {@code u[row] · v[column]}, as a 32-bit product, is in the lowest fraction of all numbers; u and v are
 * odd numbers, made from the branch's two seeds by a quadratic. The pass over the input is one product, one comparison and one
 * choice. What remains is not enlarged here: the branch's scaling is, by as much.
 */
final class BranchDropout {
    /** Input: two numbers for each branch, int32 [2 · branches]. */
    static final String SEEDS = TrainingGraph.SEEDS;

    private static final int LINEAR = 0x9E3779B1;
    private static final int QUADRATIC = 0x85EBCA6B;

    private final GraphEditor editor;
    private final double fraction;

    BranchDropout(GraphEditor editor, double fraction) {
        this.editor = editor;
        this.fraction = fraction;
    }

    /** Drops at the inputs of the products with these factors. */
    void apply(List<Value> factorsA) {
        Graph graph = editor.model().graph();
        ValueType type = ValueType.of(DType.INT32, new Dim.Fixed(2L * factorsA.size()));
        Value seeds = editor.addGraphInput(graph, SEEDS, type);
        for (int i = 0; i < factorsA.size(); i++) {
            for (Value.Use use : List.copyOf(factorsA.get(i).uses())) {
                Value x = use.node().input(0);
                if (use.input() == 1 && x != null && !use.node().is("Gather")) {
                    Formulas f = new Formulas(editor, editor.before(use.node()).named("graft/dropout"));
                    editor.replaceInput(use.node(), 0, drop(f, x, f.at(seeds, 2L * i), f.at(seeds, 2L * i + 1)));
                }
            }
        }
    }

    private Value drop(Formulas f, Value x, Value rowSeed, Value columnSeed) {
        Value shape = f.shape(x);
        Value leading = f.slice(shape, f.ints(0), f.ints(-1), f.ints(0));
        Value rows = f.node("ReduceProd", List.of(leading), Attribute.of("keepdims", 0L));
        Value columns = f.builder().gather(shape, f.builder().index(-1), 0);
        Value u = f.reshape(numbers(f, rows, rowSeed), f.builder().concat(0, List.of(leading, f.ints(1))));
        Value hash = f.mul(u, numbers(f, columns, columnSeed));
        Value keep = f.node("Greater", hash, integer(f, threshold()));
        return f.node("Where", keep, x, f.scalar(DType.FLOAT32, 0));
    }

    /** {@code 2·(i²·Q + i·L + seed) + 1} for i from 0 on. */
    private static Value numbers(Formulas f, Value count, Value seed) {
        Value range = f.node("Range", f.builder().index(0), count, f.builder().index(1));
        Value i = f.cast(range, DType.INT32);
        Value slope = f.add(f.mul(i, integer(f, QUADRATIC)), integer(f, LINEAR));
        Value mixed = f.add(f.mul(i, slope), seed);
        return f.add(f.mul(mixed, integer(f, 2)), integer(f, 1));
    }

    /** Numbers up to this one are the lowest fraction of all. */
    private int threshold() {
        return (int) Math.round(Integer.MIN_VALUE + fraction * 0x1p32);
    }

    private static Value integer(Formulas f, int value) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(value);
        return f.builder()
                .initializer(
                        "graft/int", new Tensor("int", DType.INT32, Shape.of(), ByteSource.ofArray(bytes.array())));
    }
}
