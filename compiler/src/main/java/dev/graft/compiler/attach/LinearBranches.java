package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Attaches constant branches to MatMul, Gemm, FusedMatMul, quantised products and packed attention. */
final class LinearBranches {
    /**
     * Up to this many elements a weight is widened. [W; B] is put together when a session is created and held in memory, as a
     * prepacked weight is anyway; for larger weights that costs more at load than two nodes cost per run, since the products then
     * take far longer than the nodes.
     */
    private static final long WIDENED_ELEMENTS = 1L << 24;

    private final GraphEditor editor;

    LinearBranches(GraphEditor editor) {
        this.editor = editor;
    }

    /** Attaches to all places; returns what was done, in the places' order. */
    Map<Place, String> attach(List<Place> places) {
        Map<Place, String> forms = new LinkedHashMap<>();
        for (LinearGroup group : groups(places)) {
            group.places().forEach(place -> forms.put(place, attach(group, place)));
        }
        return forms;
    }

    private record GroupKey(Value input, Graph graph, Object dtype, boolean left) {}

    private List<LinearGroup> groups(List<Place> places) {
        Map<GroupKey, List<Place>> byInput = new LinkedHashMap<>();
        for (Place place : places) {
            GroupKey key = new GroupKey(
                    place.input(),
                    place.node().graph(),
                    place.dtype(),
                    place.site().weightInput() == 0);
            byInput.computeIfAbsent(key, any -> new ArrayList<>()).add(place);
        }
        List<LinearGroup> groups = new ArrayList<>();
        byInput.forEach((key, members) -> {
            if (key.left() || !isWorthSharing(members)) {
                members.forEach(member -> groups.add(new LinearGroup(editor, key.input(), List.of(member))));
            } else {
                groups.add(new LinearGroup(editor, key.input(), members));
            }
        });
        return groups;
    }

    /** The zeros in the shared B cost products; they are few as long as the ranks together are small against the input. */
    private static boolean isWorthSharing(List<Place> members) {
        int rank = members.stream().mapToInt(Place::rank).sum();
        return 2L * rank <= members.get(0).terms().get(0).view().inputs();
    }

    private String attach(LinearGroup group, Place place) {
        if (place.site().weightInput() == 0) {
            return leftBranch(place);
        }
        if (LinearForms.isGemm(place)) {
            return addend(group, place);
        }
        return LinearForms.canWiden(place, editor.model()) && isSmall(place) || LinearForms.isAttention(place)
                ? widen(group, place)
                : branch(group, place);
    }

    private boolean isSmall(Place place) {
        return place.site().weight().tensor().shape().elements() <= WIDENED_ELEMENTS;
    }

    /** {@code [x, x·A] · [W; B]}: the operator, its attributes and everything behind it stay as they are. */
    private String widen(LinearGroup group, Place place) {
        boolean transposed = place.node().intAttribute("transB", 0) != 0;
        Matrix b = group.b(place, 1);
        Value weight = place.weight();
        GraphBuilder g = WeightPlace.builder(editor, place).named(name(place) + "/lora_B");
        double[] gains = place.gains();
        if (gains != null) {
            Shape shape = transposed ? Shape.of(gains.length, 1) : Shape.of(1, gains.length);
            weight = g.mul(weight, gain(g, place, gains, shape));
        }
        Value stored = bInitializer(g, place, transposed ? b.transposed() : b);
        Value wide = g.concat(transposed ? 1 : 0, List.of(weight, stored));
        editor.replaceInput(place.node(), place.site().weightInput(), wide);
        editor.replaceInput(place.node(), 1 - place.site().weightInput(), group.widened());
        return "widened";
    }

    /** {@code Gemm(x, W, x·A·B + c)}: the branch goes in where the bias was, so it costs no Add. */
    private String addend(LinearGroup group, Place place) {
        Node node = place.node();
        float alpha = node.floatAttribute("alpha", 1);
        float beta = node.floatAttribute("beta", 1);
        Value bias = node.input(2);
        Value product = group.product();
        GraphBuilder g = editor.before(node).named(name(place) + "/lora_B").source(source(place));
        Value b = bInitializer(g, place, group.b(place, alpha));
        Value branch = bias == null
                ? g.matMul(product, b)
                : g.node("Gemm", "", List.of(product, b, bias), List.of(Attribute.of("beta", beta)));
        scaleWeight(g, place);
        LinearForms.setAddend(editor, node, branch);
        return "addend";
    }

    /** DoRA in a Gemm: the bias must not be scaled, so the weight is. */
    private void scaleWeight(GraphBuilder g, Place place) {
        double[] gains = place.gains();
        if (gains != null) {
            boolean transposed = place.node().intAttribute("transB", 0) != 0;
            Shape shape = transposed ? Shape.of(gains.length, 1) : Shape.of(1, gains.length);
            Value scaled = g.mul(place.weight(), gain(g, place, gains, shape));
            editor.replaceInput(place.node(), place.site().weightInput(), scaled);
        }
    }

    /** {@code x·W + x·A·B}. */
    private String branch(LinearGroup group, Place place) {
        Value output = place.node().output(0);
        Value product = group.product();
        Value base = editor.divertOutput(place.node(), 0, output.name() + "_base");
        GraphBuilder g =
                editor.after(place.node()).named(name(place) + "/lora_B").source(source(place));
        double[] gains = place.gains();
        if (gains != null) {
            base = g.mul(base, gain(g, place, gains, Shape.of(gains.length)));
        }
        float alpha = place.node().is(GraphBuilder.MICROSOFT, "FusedMatMul")
                ? place.node().floatAttribute("alpha", 1)
                : 1;
        Value delta = g.matMul(product, bInitializer(g, place, group.b(place, alpha)));
        g.named(name(place) + "/lora").nodeFor(output, "Add", "", List.of(base, delta), List.of());
        return "branch";
    }

    /** {@code W·x + B·(A·x)} for a weight on the left. */
    private String leftBranch(Place place) {
        Value output = place.node().output(0);
        Value base = editor.divertOutput(place.node(), 0, output.name() + "_base");
        GraphBuilder g = editor.after(place.node()).named(name(place) + "/lora").source(source(place));
        Matrix a = new Matrix(place.rank(), place.terms().get(0).view().inputs());
        Matrix b = new Matrix(place.outputs(), place.rank());
        int rank = 0;
        for (Term term : place.terms()) {
            a.put(term.a().transposed(), rank, 0);
            b.put(term.b().transposed(), term.firstOutput(), rank);
            rank += term.rank();
        }
        double[] gains = place.gains();
        if (gains != null) {
            base = g.mul(base, gain(g, place, gains, Shape.of(gains.length, 1)));
        }
        String name = name(place) + ".lora_A.weight";
        Value inner = g.matMul(g.initializer(name, a.toTensor(name, place.dtype())), place.input());
        Value delta = g.matMul(bInitializer(g, place, b), inner);
        g.nodeFor(output, "Add", "", List.of(base, delta), List.of());
        return "branch";
    }

    private static Value gain(GraphBuilder g, Place place, double[] gains, Shape shape) {
        String name = name(place) + ".lora_magnitude.weight";
        return g.initializer(name, Tensor.ofDoubles(name, place.dtype(), shape, gains));
    }

    private static Value bInitializer(GraphBuilder g, Place place, Matrix b) {
        String name = name(place) + ".lora_B.weight";
        return g.initializer(name, b.toTensor(name, place.dtype()));
    }

    private static String name(Place place) {
        return BranchNames.of(place.terms());
    }

    private static String source(Place place) {
        return "lora_B of " + name(place);
    }
}
