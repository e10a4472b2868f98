package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * Lets a model whose file is in float16 or bfloat16 compute in float32: inputs and constants become float32, a weight is read through a Cast.
 * What computes in 16 bits again is decided by the device, not by the file: a processor has no bfloat16, and rounds float16 at every
 * operator to no one's gain.
 */
public final class WideningPass implements ModelPass {
    /** A constant of so few elements is written down in float32; a larger one stays in its file. */
    private static final long SMALL = 4096;
    /** Attributes that hold a number format. */
    private static final List<String> FORMATS = List.of("to", "dtype", "output_dtype", "softmax_precision");

    @Override
    public PassResult call(OnnxModel model) {
        GraphEditor editor = new GraphEditor(model);
        return new PassResult(model, widen(editor, model.graph()));
    }

    private static boolean widen(GraphEditor editor, Graph graph) {
        boolean modified = false;
        for (Value value : List.copyOf(graph.values())) {
            modified |= widen(editor, value);
        }
        for (Node node : graph.nodes()) {
            for (Attribute attribute : List.copyOf(node.attributes())) {
                Optional<Attribute> wide = wide(attribute);
                wide.ifPresent(other -> editor.setAttribute(node, other));
                modified |= wide.isPresent();
            }
            for (Graph body : node.subgraphs()) {
                modified |= widen(editor, body);
            }
        }
        return modified;
    }

    private static boolean widen(GraphEditor editor, Value value) {
        boolean half = value.type().filter(type -> isHalf(type.dtype())).isPresent();
        if (half) {
            value.type().ifPresent(type -> editor.setType(value, type.withDtype(DType.FLOAT32)));
        }
        Optional<TensorData> data = value.initializer().filter(contents -> isHalf(contents.dtype()));
        data.ifPresent(contents -> {
            if (value.isGraphInput() || contents.shape().elements() <= SMALL) {
                editor.setInitializer(value, wide(contents, value.name()));
            } else {
                readThroughCast(editor, value);
            }
        });
        return half || data.isPresent();
    }

    private static void readThroughCast(GraphEditor editor, Value weight) {
        List<Value.Use> readers = List.copyOf(weight.uses());
        Value cast = editor.atStart(weight.graph())
                .named("graft/wide/" + weight.name())
                .cast(weight, DType.FLOAT32);
        readers.forEach(use -> editor.replaceInput(use.node(), use.input(), cast));
    }

    private static Optional<Attribute> wide(Attribute attribute) {
        if (attribute.value() instanceof Attribute.TensorValue constant
                && isHalf(constant.tensor().dtype())) {
            return Optional.of(Attribute.of(attribute.name(), wide(constant.tensor(), attribute.name())));
        }
        boolean half = attribute.value() instanceof Attribute.IntValue number
                && FORMATS.contains(attribute.name())
                && DType.ofOnnxNumber(number.value())
                        .filter(WideningPass::isHalf)
                        .isPresent();
        return half ? Optional.of(Attribute.of(attribute.name(), DType.FLOAT32.onnxNumber())) : Optional.empty();
    }

    private static TensorData wide(TensorData data, String name) {
        return TensorData.of(data.tensor(name).inFormat(DType.FLOAT32).inMemory());
    }

    private static boolean isHalf(DType format) {
        return format == DType.FLOAT16 || format == DType.BFLOAT16;
    }
}
