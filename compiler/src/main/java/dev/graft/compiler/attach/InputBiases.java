package dev.graft.compiler.attach;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Biases that change, as inputs {@code M.lora_B.bias}: what is added to the base's. It is added in front of a node that does nothing but
 * add the base's bias, and behind one that does more: so the stored bias stays a constant that ONNX Runtime fuses with what it fused
 * it with before, and the base's outputs stay the same bit for bit.
 */
final class InputBiases {
    private static final Set<String> ADDS_FIRST = Set.of("Add", "BiasGelu", "FastGelu", "SkipLayerNormalization");
    private static final Set<String> ADDS_LAST = Set.of("Gemm", "Conv", "LayerNormalization", "MatMulNBits");

    private final GraphEditor editor;
    private final InputSlots slots;
    private final SiteLocator locator;
    private final Map<BiasOf, double[]> deltas = new LinkedHashMap<>();

    private record BiasOf(Node node, int input, String module, DType dtype, int firstOutput, int all) {}

    InputBiases(GraphEditor editor, InputSlots slots, SiteLocator locator) {
        this.editor = editor;
        this.slots = slots;
        this.locator = locator;
    }

    /** Adds a change of a bias; several changes of one bias add up. */
    void add(Binding binding, Tensor base, Tensor replaced) {
        BoundInput input = BoundInput.of(binding, locator);
        Node node = input.node();
        if (!ADDS_LAST.contains(node.opType()) && !ADDS_FIRST.contains(node.opType())) {
            throw unsupported(binding, node);
        }
        WeightView view = binding.view();
        int first = Math.toIntExact(view.firstRow() * view.tensorColumns() + view.firstColumn());
        int count = Math.toIntExact(view.rows() * view.columns());
        double[] before = new double[count];
        double[] after = new double[count];
        base.readDoubles(first, before, 0, count);
        replaced.readDoubles(first, after, 0, count);
        BiasOf key = new BiasOf(
                node,
                input.index(),
                binding.module(),
                base.dtype(),
                first,
                Math.toIntExact(base.shape().elements()));
        double[] delta = deltas.computeIfAbsent(key, any -> new double[count]);
        Arrays.setAll(delta, i -> delta[i] + after[i] - before[i]);
    }

    /** Puts all of them in. */
    void attach() {
        deltas.forEach(this::attach);
    }

    private void attach(BiasOf bias, double[] delta) {
        Node node = bias.node();
        String name = bias.module() + ".lora_B.bias";
        Shape shape = shape(node, delta.length);
        Value input = slots.addZeros(name, bias.dtype(), shape);
        slots.set(input, Tensor.ofDoubles(name, bias.dtype(), shape, delta));
        if (ADDS_FIRST.contains(node.opType())) {
            attachBefore(bias, input, delta.length);
        } else {
            attachBehind(bias, input, delta.length);
        }
    }

    private void attachBefore(BiasOf bias, Value input, int count) {
        int data = bias.input() == 0 ? 1 : 0;
        Value product = bias.node().input(data);
        if (product != null) {
            GraphBuilder g = builder(editor.before(bias.node()), bias);
            editor.replaceInput(bias.node(), data, g.add(product, padded(g, bias, input, count)));
        }
    }

    private void attachBehind(BiasOf bias, Value input, int count) {
        Value output = bias.node().output(0);
        Value base = editor.divertOutput(bias.node(), 0, output.name() + "_base_bias");
        GraphBuilder g = builder(editor.after(bias.node()), bias);
        g.nodeFor(output, "Add", "", List.of(base, padded(g, bias, input, count)), List.of());
    }

    private static GraphBuilder builder(GraphBuilder g, BiasOf bias) {
        return g.named(bias.module() + "/lora_bias").source("bias of " + bias.module());
    }

    /** A slice of a packed bias: zeros on both sides. */
    private static Value padded(GraphBuilder g, BiasOf bias, Value input, int count) {
        return count == bias.all()
                ? input
                : g.node("Pad", input, g.ints(bias.firstOutput(), (long) bias.all() - bias.firstOutput() - count));
    }

    /** A bias of channels is added along axis 1. */
    private static Shape shape(Node node, int outputs) {
        Value weight = node.is("Conv") ? node.input(1) : null;
        if (weight == null) {
            return Shape.of(outputs);
        }
        int spatial = WeightChain.of(weight)
                        .stored()
                        .initializer()
                        .map(data -> data.shape().rank())
                        .orElse(4)
                - 2;
        long[] dims = new long[1 + spatial];
        Arrays.fill(dims, 1);
        dims[0] = outputs;
        return Shape.of(dims);
    }

    private static GraftException unsupported(Binding binding, Node node) {
        return new GraftException(
                ErrorCode.ATTACH_UNSUPPORTED,
                "the bias of " + binding.module() + " cannot be switched at run time: " + node.opType()
                        + " does more behind it",
                Location.ofNode(null, node.displayName()),
                "Use --style constant, or attach to the model as exported, before it was optimised.");
    }
}
