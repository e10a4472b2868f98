package dev.graft.compiler.attach;

import dev.graft.adapter.format.onnxadapter.NameStyle;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The graph inputs of attached modules: A and B with a symbolic rank and a default of rank 0, and the tensors that the given
 * adapter has for them.
 *
 * <p>Each module has a rank of its own, with its own symbol: ONNX Runtime plans memory by symbols, and two modules of one adapter, or one
 * module in two adapters, may differ in rank.
 */
final class InputSlots {
    private static final String RANK_SYMBOL = "lora_r_";

    private final GraphEditor editor;
    private final NameStyle names;
    private final AdapterTensors adapter = new AdapterTensors();
    private int ranks;

    InputSlots(GraphEditor editor, NameStyle names) {
        this.editor = editor;
        this.names = names;
    }

    /** The tensors of the {@code .onnx_adapter}, by the name of the input. */
    List<Tensor> adapter() {
        return adapter.all();
    }

    /** A pair of inputs. */
    record Pair(Value a, Value b) {}

    /**
     * The inputs of a module whose A is [in..., rank] on its last axis or [rank, in...] on its first.
     *
     * @param shapeOfA A's shape with the default's rank, 0 where the operators take it
     * @param shapeOfB B's shape with the default's rank
     */
    Pair addPair(String module, DType dtype, long[] shapeOfA, int rankAxisOfA, long[] shapeOfB, int rankAxisOfB) {
        Dim rank = new Dim.Symbolic(RANK_SYMBOL + ranks++);
        return new Pair(
                add(names.nameOfA(module), dtype, shapeOfA, rankAxisOfA, rank),
                add(names.nameOfB(module), dtype, shapeOfB, rankAxisOfB, rank));
    }

    /** Sets what the adapter has for a module's pair. */
    void setPair(Pair pair, Tensor a, Tensor b) {
        adapter.put(pair.a(), a);
        adapter.put(pair.b(), b);
    }

    /** An input whose default is zeros of a fixed shape. */
    Value addZeros(String name, DType dtype, Shape shape) {
        return define(name, zeros(name, dtype, shape), dims(shape.toArray(), -1, null));
    }

    /** Sets what the adapter has for an input. */
    void set(Value input, Tensor value) {
        adapter.put(input, value);
    }

    private Value add(String name, DType dtype, long[] shape, int rankAxis, Dim rank) {
        return define(name, zeros(name, dtype, Shape.of(shape)), dims(shape, rankAxis, rank));
    }

    private static Tensor zeros(String name, DType dtype, Shape shape) {
        byte[] zeros = new byte[Math.toIntExact(dtype.byteSize(shape.elements()))];
        return new Tensor(name, dtype, shape, ByteSource.ofArray(zeros));
    }

    private Value define(String name, Tensor contents, Dim[] dims) {
        Graph main = editor.model().graph();
        Value value = editor.addInitializer(main, name, TensorData.of(contents));
        if (!value.name().equals(name)) {
            throw AttachRules.nameTaken(name);
        }
        editor.makeGraphInput(value, ValueType.of(contents.dtype(), dims));
        return value;
    }

    private static Dim[] dims(long[] shape, int symbolicAxis, @Nullable Dim symbol) {
        Dim[] dims = new Dim[shape.length];
        for (int axis = 0; axis < shape.length; axis++) {
            dims[axis] = axis == symbolicAxis && symbol != null ? symbol : new Dim.Fixed(shape[axis]);
        }
        return dims;
    }
}
