package dev.graft.training.graph;

import dev.graft.compiler.attach.OpenBranches.Branch;
import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import dev.graft.training.graph.TrainedPiece.Part;
import dev.graft.training.graph.TrainedPiece.Stored;
import dev.graft.training.step.TrainableLayout.Group;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Branches that learn a magnitude m of each output (Liu et al. 2024, DoRA: Weight-Decomposed Low-Rank Adaptation, section 4.3; PEFT's
 * tuners/lora/dora.py), with g = m / ‖W + s·B·A‖ and x̃ the input behind dropout, which is x where nothing drops:
 *
 * <pre>
 * y = W·x + (g - 1) ⊙ W·x̃ + g ⊙ s·B·(A·x̃) + bias
 * </pre>
 *
 * <p>The norm ({@link DoraNorm}) follows A and B at each step, but passes no gradient back. As in PEFT, dropout reaches the weight's own
 * product too, which is then computed twice.
 */
final class DoraBranches {
    private final GraphEditor editor;
    private final TrainingTarget target;
    private final List<DoraWeight> weights;
    private final Map<DoraWeight, Value> magnitudes = new HashMap<>();

    private DoraBranches(GraphEditor editor, TrainingTarget target, List<DoraWeight> weights) {
        this.editor = editor;
        this.target = target;
        this.weights = weights;
    }

    /**
     * The branches of a target that asks for magnitudes; none of another.
     *
     * @throws dev.graft.error.GraftException {@code METHOD_UNSUPPORTED} for a module that cannot have them
     */
    static DoraBranches of(GraphEditor editor, TrainingTarget target, List<Branch> branches, List<WholeWeight> whole) {
        if (!target.dora()) {
            return new DoraBranches(editor, target, List.of());
        }
        for (Branch branch : branches) {
            String tensor = branch.view().tensor().name();
            if (whole.stream().anyMatch(weight -> weight.value().name().equals(tensor))) {
                throw DoraWeight.unsupported(branch, "its weight is trained as a whole too");
            }
        }
        return new DoraBranches(
                editor, target, branches.stream().map(DoraWeight::of).toList());
    }

    /** The pieces of the parameter vector that are magnitudes. */
    List<TrainedPiece> pieces() {
        return weights.stream().map(this::piece).toList();
    }

    private TrainedPiece piece(DoraWeight weight) {
        Stored stored = new Stored(weight.name(), weight.norms().shape(), false, Group.VECTOR, 1, weight.norms());
        return new TrainedPiece(
                Part.MAGNITUDE, List.of(stored), stored.shape(), DType.FLOAT32, value -> magnitudes.put(weight, value));
    }

    /**
     * Rewrites the branches, once A, B and m are bound and dropout is in its place.
     *
     * @param boost the factor on what dropout leaves
     */
    void apply(ParameterVector vector, boolean drops, double boost) {
        for (DoraWeight weight : weights) {
            Branch branch = weight.branch();
            Node site = branch.site();
            boolean gemm = site.is("Gemm");
            Node last = gemm ? site : site.output(0).uses().get(0).node();
            Formulas f = new Formulas(
                    editor, editor.before(last).named(branch.module() + "/dora").source("lora of " + branch.module()));
            Gain gain = new Gain(f, branch.dtype(), gain(f, weight, vector), drops ? boost : 0);
            Value output = last.output(0);
            editor.divertOutput(last, 0, output.name() + "_lora");
            Value scaled = gemm ? ofGemm(f, site, gain) : ofProduct(f, site, last, gain);
            f.builder().nodeFor(output, "Identity", "", List.of(scaled), List.of());
            editor.remove(last);
        }
    }

    /** {@code m / ‖W + s·B·A‖}, float32 [out]. */
    private Value gain(Formulas f, DoraWeight weight, ParameterVector vector) {
        String module = weight.branch().module();
        Value a = vector.detached(f, module + ".lora_A.weight");
        Value b = vector.detached(f, module + ".lora_B.weight");
        Value norm = new DoraNorm(weight, target.scaling().applyAsDouble(module)).write(f, a, b);
        return f.div(Objects.requireNonNull(magnitudes.get(weight)), norm);
    }

    /** In the place of {@code x·W + branch}; a bias is added behind it. */
    private static Value ofProduct(Formulas f, Node site, Node add, Gain gain) {
        Value branch = required(add, 1);
        return gain.of(site.output(0), branch, () -> again(f, site, dropped(branch)));
    }

    /** In the place of {@code Gemm(x, W, Gemm(x·A, B, bias))}. */
    private static Value ofGemm(Formulas f, Node site, Gain gain) {
        Node inner = required(site, 2).producer().orElseThrow();
        Attribute alpha = Attribute.of("alpha", site.floatAttribute("alpha", 1));
        Value branch = f.node("Gemm", List.of(required(inner, 0), required(inner, 1)), alpha);
        Value product = again(f, site, required(site, 0));
        Value scaled = gain.of(product, branch, () -> again(f, site, dropped(branch)));
        Value bias = inner.input(2);
        float beta = inner.floatAttribute("beta", 1);
        if (bias == null || beta == 0) {
            return scaled;
        }
        return f.add(scaled, beta == 1 ? bias : f.mul(bias, f.scalar(gain.dtype(), beta)));
    }

    /** The product of a site, without a bias, of another input. */
    private static Value again(Formulas f, Node site, Value x) {
        return f.builder()
                .node(site.opType(), site.domain(), List.of(x, required(site, 1)), List.copyOf(site.attributes()));
    }

    /** What A is multiplied with. */
    private static Value dropped(Value branch) {
        Value product = required(branch.producer().orElseThrow(), 0);
        return required(product.producer().orElseThrow(), 0);
    }

    private static Value required(Node node, int input) {
        return Objects.requireNonNull(node.input(input), node.displayName());
    }

    /**
     * A module's g.
     *
     * @param dtype the number format of the module's output
     * @param value g, float32 [out]
     * @param boost the factor on what dropout leaves; 0 where nothing drops
     */
    private record Gain(Formulas f, DType dtype, Value value, double boost) {
        /** A product and its branch with the gain. */
        Value of(Value product, Value branch, Supplier<Value> dropped) {
            if (boost == 0) {
                return f.mul(f.add(product, branch), inFormat(value));
            }
            Value above = f.mul(f.sub(value, f.scalar(DType.FLOAT32, 1)), f.scalar(DType.FLOAT32, boost));
            Value ofWeight = f.mul(dropped.get(), inFormat(above));
            return f.add(product, f.add(ofWeight, f.mul(branch, inFormat(value))));
        }

        private Value inFormat(Value single) {
            return dtype == DType.FLOAT32 ? single : f.cast(single, dtype);
        }
    }
}
