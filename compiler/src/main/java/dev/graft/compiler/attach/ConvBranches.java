package dev.graft.compiler.attach;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Attaches constant branches to convolutions: {@code W * x + B *₁ (A * x)}. A strides, pads and dilates as the base does; B is a
 * convolution with a kernel of one.
 */
final class ConvBranches {
    private static final Set<String> GEOMETRY = Set.of("auto_pad", "dilations", "pads", "strides");

    private final GraphEditor editor;

    ConvBranches(GraphEditor editor) {
        this.editor = editor;
    }

    /** Attaches to one place. */
    String attach(Place place) {
        Node node = place.node();
        scaleWeight(place);
        Value output = node.output(0);
        Value sum = editor.divertOutput(node, 0, output.name() + "_base");
        GraphBuilder g = editor.after(node);
        for (int i = 0; i < place.terms().size(); i++) {
            Term term = place.terms().get(i);
            g.named(term.module() + "/lora").source("lora of " + term.module());
            Value delta = delta(g, place, term);
            if (i < place.terms().size() - 1) {
                sum = g.add(sum, delta);
            } else {
                g.nodeFor(output, "Add", "", List.of(sum, delta), List.of());
            }
        }
        return "conv";
    }

    private Value delta(GraphBuilder g, Place place, Term term) {
        LowRankChange change = Objects.requireNonNull(term.change());
        int kernelRank = place.site().weight().tensor().shape().rank();
        if (change.kind() == LayerKind.CONV_FLAT) {
            Tensor dense = denseDelta(place, term, change);
            return g.node(
                    "Conv",
                    "",
                    List.of(place.input(), g.initializer(dense.name(), dense)),
                    geometryAndGroup(place.node()));
        }
        String nameOfA = term.module() + ".lora_A.weight";
        Tensor a = Matrix.of(change.a())
                .toTensor(nameOfA, place.dtype(), change.a().shape());
        Value inner = g.node("Conv", "", List.of(place.input(), g.initializer(nameOfA, a)), geometry(place.node()));
        String nameOfB = term.module() + ".lora_B.weight";
        long[] shape = new long[kernelRank];
        Arrays.fill(shape, 1);
        shape[0] = term.outputs();
        shape[1] = term.rank();
        Tensor b = term.b().transposed().toTensor(nameOfB, place.dtype(), Shape.of(shape));
        return g.node("Conv", "", List.of(inner, g.initializer(nameOfB, b)), List.of());
    }

    /** loralib's B·A is the kernel's change read row by row; only as a whole it is a convolution. */
    private static Tensor denseDelta(Place place, Term term, LowRankChange change) {
        Matrix a = Matrix.of(change.a());
        Matrix b = Matrix.of(change.b());
        double[] product = new double[b.rows() * a.columns()];
        for (int i = 0; i < b.rows(); i++) {
            for (int k = 0; k < b.columns(); k++) {
                for (int j = 0; j < a.columns(); j++) {
                    product[i * a.columns() + j] += term.scaling() * b.at(i, k) * a.at(k, j);
                }
            }
        }
        String name = term.module() + ".lora_delta.weight";
        return Tensor.ofDoubles(
                name, place.dtype(), place.site().weight().tensor().shape(), product);
    }

    /** DoRA: the bias must not be scaled, so the weight is. */
    private void scaleWeight(Place place) {
        double[] gains = place.gains();
        if (gains != null) {
            String name = BranchNames.of(place.terms()) + ".lora_magnitude.weight";
            long[] shape = new long[place.site().weight().tensor().shape().rank()];
            Arrays.fill(shape, 1);
            shape[0] = gains.length;
            GraphBuilder g = WeightPlace.builder(editor, place).named(BranchNames.of(place.terms()) + "/lora");
            Value gain = g.initializer(name, Tensor.ofDoubles(name, place.dtype(), Shape.of(shape), gains));
            editor.replaceInput(place.node(), place.site().weightInput(), g.mul(place.weight(), gain));
        }
    }

    static List<Attribute> geometry(Node node) {
        List<Attribute> kept = new ArrayList<>();
        node.attributes().stream()
                .filter(attribute -> GEOMETRY.contains(attribute.name()))
                .forEach(kept::add);
        return kept;
    }

    private static List<Attribute> geometryAndGroup(Node node) {
        List<Attribute> kept = new ArrayList<>(geometry(node));
        node.attribute("group").ifPresent(kept::add);
        return kept;
    }

    static void requireSupported(Place place) {
        if (!place.node().is("Conv")) {
            throw place.unsupported(
                    "its " + place.node().opType()
                            + " has an activation built in, behind which a branch comes too late",
                    "Attach to the model as exported, before it was optimised.");
        }
        boolean flat = place.terms().stream()
                .anyMatch(term -> term.change() != null && term.change().kind() == LayerKind.CONV_FLAT);
        if (place.node().intAttribute("group", 1) != 1 && !flat) {
            throw place.unsupported(
                    "A and B of a convolution in groups are not two convolutions in a row",
                    "Leave the grouped convolutions out of the adapter's target_modules.");
        }
    }
}
