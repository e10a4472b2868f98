package dev.graft.compiler.attach;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Attaches convolutions whose kernels A [rank, in, k...] and B [out, rank, 1...] are graph inputs. */
final class InputConvolutions {
    /** ONNX Runtime's Conv leaves its output as it finds it where there are no input channels: one channel of zeros is needed. */
    private static final long DEFAULT_RANK = 1;

    private final GraphEditor editor;
    private final InputSlots slots;

    InputConvolutions(GraphEditor editor, InputSlots slots) {
        this.editor = editor;
        this.slots = slots;
    }

    /** Attaches to one place. */
    String attach(Place place) {
        ConvBranches.requireSupported(place);
        if (place.terms().size() > 1) {
            throw place.unsupported(
                    "several adapters on one convolution are several pairs of inputs in style input",
                    "Attach one adapter, or use --style constant.");
        }
        Node node = place.node();
        Term term = place.terms().get(0);
        Value output = node.output(0);
        Value base = editor.divertOutput(node, 0, output.name() + "_base");
        GraphBuilder g = editor.after(node).named(term.module() + "/lora").source("lora of " + term.module());
        Value scaled = new InputGains(slots).apply(g, place, base);
        InputSlots.Pair pair = pair(place, term);
        Value inner = g.node("Conv", "", List.of(place.input(), pair.a()), ConvBranches.geometry(node));
        Value delta = g.node("Conv", "", List.of(inner, pair.b()), List.of());
        g.nodeFor(output, "Add", "", List.of(scaled, delta), List.of());
        return "conv";
    }

    private InputSlots.Pair pair(Place place, Term term) {
        long[] shapeOfA = place.site().weight().tensor().shape().toArray();
        long[] shapeOfB = new long[shapeOfA.length];
        Arrays.fill(shapeOfB, 1);
        shapeOfB[0] = term.outputs();
        shapeOfB[1] = DEFAULT_RANK;
        shapeOfA[0] = DEFAULT_RANK;
        InputSlots.Pair pair = slots.addPair(term.module(), place.dtype(), shapeOfA, 0, shapeOfB, 1);
        LowRankChange change = term.change();
        if (change != null) {
            if (change.kind() == LayerKind.CONV_FLAT) {
                throw place.unsupported(
                        "loralib's convolution has no A and B that are convolutions",
                        "Use --style constant, or merge.");
            }
            shapeOfB[1] = term.rank();
            slots.setPair(
                    pair,
                    Matrix.of(change.a())
                            .toTensor("A", place.dtype(), change.a().shape()),
                    term.b().transposed().toTensor("B", place.dtype(), Shape.of(shapeOfB)));
        }
        return pair;
    }
}
