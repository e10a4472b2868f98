package dev.graft.training.graph;

import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Site.BiasSite;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.graph.TrainedPiece.Part;
import dev.graft.training.graph.TrainedPiece.Stored;
import dev.graft.training.step.TrainableLayout.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What PEFT's {@code lora_bias} adds to the output of each branch: {@code W·x + bias + s·(B·A·x + b)}. It is added to the base's bias,
 * a vector, and not to the output once more.
 */
final class BranchBiases {
    private static final String SUFFIX = ".lora_B.bias";

    private final GraphEditor editor;
    private final TrainingTarget target;
    private final List<BranchBias> biases = new ArrayList<>();

    /** A value that stands for {@code s·b} until a piece of the vector does. */
    private record BranchBias(String module, Value value, DType dtype, long outputs) {}

    private BranchBiases(GraphEditor editor, TrainingTarget target) {
        this.editor = editor;
        this.target = target;
    }

    /**
     * Adds to the bias of each module, before it gets its branch; nothing where the target does not ask for it.
     *
     * @throws GraftException {@code METHOD_UNSUPPORTED} for a module without a bias of its own, which nothing could be merged into
     */
    static BranchBiases add(GraphEditor editor, TrainingTarget target, List<Slot> slots) {
        BranchBiases biases = new BranchBiases(editor, target);
        if (target.branchBias()) {
            slots.forEach(biases::add);
        }
        return biases;
    }

    private void add(Slot slot) {
        BiasSite bias = slot.site()
                .bias()
                .orElseThrow(
                        () -> unsupported("lora_bias", slot, "it has no bias that the branch's could be merged into"));
        if (!slot.view().isWhole() || !slot.site().graph().isEmpty()) {
            throw unsupported("lora_bias", slot, "its bias is a part of one that several modules share");
        }
        Value output = editor.model().graph().find(bias.node().outputs().get(0)).orElseThrow();
        Node node = output.producer().orElseThrow();
        Value own = Objects.requireNonNull(node.input(bias.input()));
        DType dtype = bias.view().tensor().dtype();
        Shape shape = bias.view().tensor().shape();
        double[] zeros = new double[Math.toIntExact(shape.elements())];
        Value value = editor.before(node)
                .named(slot.module() + "/lora_bias")
                .initializer(slot.module() + SUFFIX, Tensor.ofDoubles("zeros", dtype, shape, zeros));
        Value sum = editor.before(node)
                .named(slot.module() + "/lora_bias")
                .source("bias of " + slot.module())
                .add(own, value);
        editor.replaceInput(node, bias.input(), sum);
        biases.add(new BranchBias(slot.module(), value, dtype, zeros.length));
    }

    /** The pieces of the parameter vector that they are. */
    List<TrainedPiece> pieces() {
        return biases.stream().map(this::piece).toList();
    }

    private TrainedPiece piece(BranchBias bias) {
        Shape shape = bias.value().initializer().orElseThrow().shape();
        double scaling = target.scaling().applyAsDouble(bias.module());
        String name = bias.module() + SUFFIX;
        Stored stored = new Stored(name, Shape.of(bias.outputs()), false, Group.VECTOR, scaling, null);
        return new TrainedPiece(
                Part.B,
                List.of(stored),
                shape,
                bias.dtype(),
                piece -> editor.replaceUses(bias.value(), piece, use -> true));
    }

    /** The refusal of a module. */
    static GraftException unsupported(String key, Slot slot, String reason) {
        return new GraftException(
                ErrorCode.METHOD_UNSUPPORTED,
                key + " is not supported for " + slot.module() + ": " + reason,
                Location.ofNode(null, slot.site().node().displayName()),
                "Name other modules in lora_target, or leave " + key + " out.");
    }
}
