package dev.graft.training.graph;

import dev.graft.compiler.attach.OpenBranches.Branch;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.autodiff.Formulas;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.TrainableLayout.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * The flat vector of trainable values in a graph: first every A, then every B, so that the scaling of all branches is one product with the
 * second part.
 */
final class ParameterVector {
    static final String PARAMETERS = "graft.parameters";

    private final GraphEditor editor;
    private final TrainingTarget target;
    private final List<Part> parts = new ArrayList<>();
    private final long sizeOfA;
    private long size;
    private @Nullable Value scaling;

    /** One tensor: where it lies, and the value it is in the graph. */
    private record Part(Entry entry, Shape shape, Branch branch, Value value, double scaling) {}

    ParameterVector(GraphEditor editor, TrainingTarget target, List<Branch> branches) {
        this.editor = editor;
        this.target = target;
        branches.forEach(branch -> add(branch, true));
        sizeOfA = size;
        branches.forEach(branch -> add(branch, false));
    }

    private void add(Branch branch, boolean isA) {
        int rank = target.rank().applyAsInt(branch.module());
        Shape shape = isA ? branch.shapeOfA(rank) : branch.shapeOfB(rank);
        boolean conv = branch.kind() == SiteKind.CONV;
        boolean embedding = branch.kind() == SiteKind.GATHER;
        Group group = embedding ? Group.LORA_EMBEDDING : isA ? Group.LORA_A : Group.LORA_B;
        String suffix = embedding
                ? (isA ? ".lora_embedding_A" : ".lora_embedding_B")
                : (isA ? ".lora_A.weight" : ".lora_B.weight");
        Shape stored = conv ? shape : shape.reversed();
        Entry entry = new Entry(branch.module() + suffix, stored, size, !conv, group);
        double scaling = target.scaling().applyAsDouble(branch.module());
        parts.add(new Part(entry, shape, branch, isA ? branch.a() : branch.b(), scaling));
        size += shape.elements();
    }

    TrainableLayout layout() {
        return new TrainableLayout(parts.stream().map(Part::entry).toList());
    }

    /** The values of the graph that are trained, made from the vector; the branches read them from now on. */
    List<Value> define() {
        Graph graph = editor.model().graph();
        Value vector = editor.addGraphInput(graph, PARAMETERS, ValueType.of(DType.FLOAT32, new Dim.Fixed(size)));
        Formulas f = new Formulas(editor, editor.atStart(graph).named("graft/parameters"));
        List<Value> halves = f.split(vector, 0, f.ints(sizeOfA, size - sizeOfA), 2);
        List<Value> pieces = new ArrayList<>(pieces(f, halves.get(0), parts(true)));
        pieces.addAll(pieces(f, f.mul(halves.get(1), scaling(f)), parts(false)));
        for (int i = 0; i < parts.size(); i++) {
            replace(parts.get(i).value(), pieces.get(i));
        }
        return pieces;
    }

    /** The gradient of the vector, from those of the values. */
    Value gradient(Formulas f, List<Value> values, Map<Value, Value> gradients) {
        List<Value> flat = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Value gradient = gradients.get(values.get(i));
            long elements = parts.get(i).shape().elements();
            Value one =
                    gradient == null ? f.zeros(DType.FLOAT32, f.ints(elements)) : f.reshape(gradient, f.ints(elements));
            flat.add(
                    gradient != null && parts.get(i).branch().dtype() != DType.FLOAT32
                            ? f.cast(one, DType.FLOAT32)
                            : one);
        }
        int half = parts.size() / 2;
        Value ofA = f.builder().concat(0, flat.subList(0, half));
        Value ofB = f.mul(f.builder().concat(0, flat.subList(half, flat.size())), scaling(f));
        return f.builder().concat(0, List.of(ofA, ofB));
    }

    private List<Value> pieces(Formulas f, Value half, List<Part> of) {
        long[] lengths = of.stream().mapToLong(part -> part.shape().elements()).toArray();
        List<Value> flat = f.split(half, 0, f.ints(lengths), lengths.length);
        List<Value> shaped = new ArrayList<>();
        for (int i = 0; i < flat.size(); i++) {
            Value piece = f.reshape(flat.get(i), f.ints(of.get(i).shape().toArray()));
            DType dtype = of.get(i).branch().dtype();
            shaped.add(dtype == DType.FLOAT32 ? piece : f.cast(piece, dtype));
        }
        return shaped;
    }

    private List<Part> parts(boolean ofA) {
        int half = parts.size() / 2;
        return ofA ? parts.subList(0, half) : parts.subList(half, parts.size());
    }

    /** A scalar where all scalings are equal, else one factor for each element of B. */
    private Value scaling(Formulas f) {
        if (scaling == null) {
            scaling = writeScaling(f);
        }
        return scaling;
    }

    private Value writeScaling(Formulas f) {
        List<Part> ofB = parts(false);
        double first = ofB.get(0).scaling();
        if (ofB.stream().allMatch(part -> part.scaling() == first)) {
            return f.scalar(DType.FLOAT32, first);
        }
        double[] factors = ofB.stream()
                .flatMapToDouble(part ->
                        DoubleStream.generate(part::scaling).limit(part.shape().elements()))
                .toArray();
        Tensor tensor = Tensor.ofDoubles("scaling", DType.FLOAT32, Shape.of(factors.length), factors);
        return f.builder().initializer("graft/scaling", tensor);
    }

    private void replace(Value input, Value piece) {
        editor.replaceUses(input, piece, use -> true);
        editor.removeGraphInput(input);
    }
}
