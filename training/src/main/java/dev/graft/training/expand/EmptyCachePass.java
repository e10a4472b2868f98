package dev.graft.training.expand;

import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the cache of earlier tokens empty: inputs for past keys and values become tensors without positions inside the graph, whose
 * batch follows the other inputs, and a flag that chooses the cache becomes false. Where such a tensor is only put in front of
 * another one, or is an attention's optional input, it goes altogether. Caches of a fixed length stay inputs.
 */
public final class EmptyCachePass implements ModelPass {
    private static final Map<String, Set<Integer>> OPTIONAL_PAST = Map.of(
            "com.microsoft.GroupQueryAttention", Set.of(3, 4),
            "com.microsoft.MultiHeadAttention", Set.of(6, 7),
            "com.microsoft.Attention", Set.of(4),
            "Attention", Set.of(4, 5));

    @Override
    public PassResult call(OnnxModel model) {
        GraphEditor editor = new GraphEditor(model);
        boolean modified = false;
        for (Value input : model.graph().inputs()) {
            InputRole role = input.initializer().isPresent() ? InputRole.OTHER : Inputs.role(input);
            if (role == InputRole.CACHE_FLAG && Inputs.dims(input).size() <= 1) {
                clear(editor, input);
                modified = true;
            } else if (role == InputRole.PAST && EmptyPast.isPossible(input)) {
                empty(editor, input);
                modified = true;
            }
        }
        return new PassResult(model, modified);
    }

    private static void clear(GraphEditor editor, Value flag) {
        DType dtype = flag.type().map(ValueType::dtype).orElse(DType.BOOL);
        // a flag is one element, whatever length a file claims
        Shape shape = Inputs.dims(flag).isEmpty() ? Shape.of() : Shape.of(1);
        byte[] zeros = new byte[Math.toIntExact(dtype.byteSize(shape.elements()))];
        editor.releaseGraphInput(flag);
        editor.setInitializer(flag, TensorData.of(new Tensor(flag.name(), dtype, shape, ByteSource.ofArray(zeros))));
    }

    private static void empty(GraphEditor editor, Value past) {
        editor.releaseGraphInput(past);
        List.copyOf(past.uses()).forEach(use -> leaveOut(editor, past, use));
        if (!past.uses().isEmpty() || past.isGraphOutput()) {
            EmptyPast.write(editor, past);
        }
    }

    /** Takes the past from a reader that does without. */
    private static void leaveOut(GraphEditor editor, Value past, Value.Use use) {
        Node reader = use.node();
        String operator = reader.domain().isEmpty() ? reader.opType() : reader.domain() + "." + reader.opType();
        if (OPTIONAL_PAST.getOrDefault(operator, Set.of()).contains(use.input())) {
            editor.replaceInput(reader, use.input(), null);
            return;
        }
        boolean joins = reader.is("Concat") && reader.inputs().size() == 2 && isAlongPositions(past, reader);
        Value other = joins ? reader.input(1 - use.input()) : null;
        if (other != null && other != past) {
            Replacement.replace(editor, reader, other);
        }
    }

    private static boolean isAlongPositions(Value past, Node concat) {
        int rank = Inputs.dims(past).size();
        long axis = concat.intAttribute("axis", 0);
        return (axis < 0 ? axis + rank : axis) == EmptyPast.positionAxis(past);
    }
}
