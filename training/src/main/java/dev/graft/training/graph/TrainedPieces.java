package dev.graft.training.graph;

import dev.graft.compiler.attach.OpenBranches.Branch;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.autodiff.Formulas;
import dev.graft.training.graph.TrainedPiece.Part;
import dev.graft.training.graph.TrainedPiece.Stored;
import dev.graft.training.step.TrainableLayout.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts the parameter vector into pieces.
 *
 * <p>A of a matrix product lies in it as [rank, in], and those of modules that read the same value lie one below the other: x·Aᵀ is then
 * one product for q, k and v, and so is the gradient, whose few rows are what ONNX Runtime's kernels are good at; they are slow where
 * there are few columns. With dropout each module reads an input of its own. B lies in it as [rank, out] for the same reason.
 */
final class TrainedPieces {
    private final GraphEditor editor;
    private final TrainingTarget target;
    private final double boost;

    /** @param boost a factor on every branch whose input is dropped: what dropout leaves stands for what it takes */
    TrainedPieces(GraphEditor editor, TrainingTarget target, double boost) {
        this.editor = editor;
        this.target = target;
        this.boost = boost;
    }

    /** The pieces, in the order of the vector. */
    List<TrainedPiece> of(
            List<Branch> branches,
            List<TrainedPiece> biases,
            List<TrainedPiece> magnitudes,
            List<WholeWeight> weights,
            boolean shared) {
        List<TrainedPiece> pieces = new ArrayList<>();
        List<List<Branch>> groups = groups(branches, shared);
        groups.forEach(group -> pieces.add(isProduct(group.get(0)) ? factorsA(group) : factor(group.get(0), true)));
        groups.forEach(group -> group.forEach(branch -> pieces.add(factor(branch, false))));
        pieces.addAll(biases);
        pieces.addAll(magnitudes);
        weights.forEach(weight -> pieces.add(whole(weight)));
        return pieces;
    }

    /** Branches whose products read the same value, in the order of the first of them. */
    private static List<List<Branch>> groups(List<Branch> branches, boolean shared) {
        Map<Object, List<Branch>> groups = new LinkedHashMap<>();
        for (Branch branch : branches) {
            boolean joins = shared && isProduct(branch);
            Object key = joins ? List.of(input(branch), branch.dtype()) : branch;
            groups.computeIfAbsent(key, any -> new ArrayList<>()).add(branch);
        }
        return List.copyOf(groups.values());
    }

    private static boolean isProduct(Branch branch) {
        return branch.a().uses().size() == 1 && reader(branch).is("MatMul");
    }

    private static Node reader(Branch branch) {
        return branch.a().uses().get(0).node();
    }

    private static Value input(Branch branch) {
        Value input = reader(branch).input(0);
        if (input == null) {
            throw new IllegalStateException(branch.module() + " has a product without an input");
        }
        return input;
    }

    private TrainedPiece factorsA(List<Branch> group) {
        List<Stored> tensors = new ArrayList<>();
        long rows = 0;
        for (Branch branch : group) {
            long rank = rank(branch);
            rows += rank;
            Shape shape = Shape.of(rank, branch.weight().dim(1));
            tensors.add(new Stored(branch.module() + ".lora_A.weight", shape, false, Group.LORA_A, 1, null));
        }
        Shape shape = Shape.of(rows, group.get(0).weight().dim(1));
        return new TrainedPiece(Part.A, tensors, shape, group.get(0).dtype(), piece -> join(group, piece));
    }

    /** Puts one product in the place of those of a group. */
    private void join(List<Branch> group, Value piece) {
        Node first = reader(group.get(0));
        Formulas f =
                new Formulas(editor, editor.before(first).named(first.name()).source("lora"));
        Value product = f.product(input(group.get(0)), false, piece, true, 1);
        long[] ranks = group.stream().mapToLong(this::rank).toArray();
        List<Value> parts = group.size() == 1 ? List.of(product) : f.split(product, -1, f.ints(ranks), ranks.length);
        for (int i = 0; i < parts.size(); i++) {
            Node old = reader(group.get(i));
            editor.replaceUses(old.output(0), parts.get(i), use -> true);
            editor.remove(old);
            editor.removeGraphInput(group.get(i).a());
        }
    }

    private TrainedPiece factor(Branch branch, boolean isA) {
        Shape shape = isA ? branch.shapeOfA(rank(branch)) : branch.shapeOfB(rank(branch));
        boolean conv = branch.kind() == SiteKind.CONV;
        boolean embedding = branch.kind() == SiteKind.GATHER;
        Group group = embedding ? Group.LORA_EMBEDDING : isA ? Group.LORA_A : Group.LORA_B;
        String name = branch.module()
                + (embedding ? ".lora_embedding_" : ".lora_")
                + (isA ? "A" : "B")
                + (embedding ? "" : ".weight");
        double scaling = isA ? 1 : target.scaling().applyAsDouble(branch.module()) * (embedding ? 1 : boost);
        Shape stored = conv ? shape : shape.reversed();
        Value input = isA ? branch.a() : branch.b();
        return new TrainedPiece(
                isA ? Part.A : Part.B,
                List.of(new Stored(name, stored, !conv, group, scaling, null)),
                shape,
                branch.dtype(),
                piece -> {
                    editor.replaceUses(input, piece, use -> true);
                    editor.removeGraphInput(input);
                });
    }

    private TrainedPiece whole(WholeWeight weight) {
        Tensor base = weight.stored();
        Shape shape = base.shape();
        Group group = shape.rank() < 2 || weight.isBias() ? Group.VECTOR : Group.WEIGHT;
        Shape named = weight.isBias() ? Shape.of(shape.elements()) : weight.transposed() ? shape.reversed() : shape;
        Stored stored = new Stored(weight.name(), named, weight.transposed(), group, 1, base);
        return new TrainedPiece(
                Part.WHOLE, List.of(stored), shape, base.dtype(), piece -> weight.replaceBy(editor, piece));
    }

    private long rank(Branch branch) {
        return target.rank().applyAsInt(branch.module());
    }
}
