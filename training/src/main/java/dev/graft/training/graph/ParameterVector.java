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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * The flat vector of trainable values in a graph: every A, then every B, then whole weights, so that the scaling of all branches is one
 * product with the second part.
 */
final class ParameterVector {
    static final String PARAMETERS = "graft.parameters";

    private final GraphEditor editor;
    private final double boost;
    private final List<Part> parts = new ArrayList<>();
    private long size;
    private @Nullable Value scaling;

    /** The three stretches of the vector. */
    private enum Stretch {
        A,
        B,
        WHOLE
    }

    /**
     * One tensor.
     *
     * @param shape as the graph has it
     * @param scaling the factor on B
     * @param stored what the base has, for a whole weight
     * @param binding lets the graph read a value in the tensor's place
     */
    private record Part(
            Stretch stretch,
            Entry entry,
            Shape shape,
            DType dtype,
            double scaling,
            @Nullable Tensor stored,
            Binding binding) {}

    private interface Binding {
        void bind(Value piece);
    }

    /** @param boost a factor on every branch: what dropout leaves stands for what it takes */
    ParameterVector(
            GraphEditor editor, TrainingTarget target, List<Branch> branches, List<WholeWeight> weights, double boost) {
        this.editor = editor;
        this.boost = boost;
        branches.forEach(branch -> addFactor(target, branch, true));
        branches.forEach(branch -> addFactor(target, branch, false));
        weights.forEach(this::addWhole);
    }

    private void addFactor(TrainingTarget target, Branch branch, boolean isA) {
        int rank = target.rank().applyAsInt(branch.module());
        Shape shape = isA ? branch.shapeOfA(rank) : branch.shapeOfB(rank);
        boolean conv = branch.kind() == SiteKind.CONV;
        boolean embedding = branch.kind() == SiteKind.GATHER;
        Group group = embedding ? Group.LORA_EMBEDDING : isA ? Group.LORA_A : Group.LORA_B;
        String factor = embedding ? ".lora_embedding_" : ".lora_";
        String name = branch.module() + factor + (isA ? "A" : "B") + (embedding ? "" : ".weight");
        Value input = isA ? branch.a() : branch.b();
        add(new Part(
                isA ? Stretch.A : Stretch.B,
                new Entry(name, conv ? shape : shape.reversed(), size, !conv, group),
                shape,
                branch.dtype(),
                target.scaling().applyAsDouble(branch.module()),
                null,
                piece -> {
                    editor.replaceUses(input, piece, use -> true);
                    editor.removeGraphInput(input);
                }));
    }

    private void addWhole(WholeWeight weight) {
        Tensor stored = weight.stored();
        Shape shape = stored.shape();
        Group group = shape.rank() < 2 ? Group.VECTOR : Group.WEIGHT;
        Shape named = weight.transposed() ? shape.reversed() : shape;
        Entry entry = new Entry(weight.name(), named, size, weight.transposed(), group);
        add(new Part(Stretch.WHOLE, entry, shape, stored.dtype(), 1, stored, piece -> weight.replaceBy(editor, piece)));
    }

    private void add(Part part) {
        parts.add(part);
        size += part.shape().elements();
    }

    TrainableLayout layout() {
        return new TrainableLayout(parts.stream().map(Part::entry).toList());
    }

    /** What the base has of the whole weights, by the entry's name, in the graph's orientation. */
    Map<String, Tensor> stored() {
        Map<String, Tensor> stored = new LinkedHashMap<>();
        for (Part part : parts) {
            if (part.stored() != null) {
                stored.put(part.entry().name(), part.stored());
            }
        }
        return stored;
    }

    /** The values of the graph that are trained, made from the vector; the graph reads them from now on. */
    List<Value> define() {
        Graph graph = editor.model().graph();
        Value vector = editor.addGraphInput(graph, PARAMETERS, ValueType.of(DType.FLOAT32, new Dim.Fixed(size)));
        Formulas f = new Formulas(editor, editor.atStart(graph).named("graft/parameters"));
        List<Value> pieces = new ArrayList<>();
        List<List<Part>> stretches = stretches();
        List<Value> values = split(
                f, vector, stretches.stream().mapToLong(ParameterVector::length).toArray());
        for (int i = 0; i < values.size(); i++) {
            boolean scaled = stretches.get(i).get(0).stretch() == Stretch.B;
            Value stretch = scaled ? f.mul(values.get(i), scaling(f)) : values.get(i);
            pieces.addAll(pieces(f, stretch, stretches.get(i)));
        }
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).binding().bind(pieces.get(i));
        }
        return pieces;
    }

    /** The gradient of the vector, from those of the values. */
    Value gradient(Formulas f, List<Value> values, Map<Value, Value> gradients) {
        List<Value> whole = new ArrayList<>();
        int next = 0;
        for (List<Part> stretch : stretches()) {
            List<Value> flat = new ArrayList<>();
            for (Part part : stretch) {
                flat.add(flat(f, part, gradients.get(values.get(next++))));
            }
            Value joined = f.builder().concat(0, flat);
            whole.add(stretch.get(0).stretch() == Stretch.B ? f.mul(joined, scaling(f)) : joined);
        }
        return f.builder().concat(0, whole);
    }

    private static Value flat(Formulas f, Part part, @Nullable Value gradient) {
        Value length = f.ints(part.shape().elements());
        if (gradient == null) {
            return f.zeros(DType.FLOAT32, length);
        }
        Value flat = f.reshape(gradient, length);
        return part.dtype() == DType.FLOAT32 ? flat : f.cast(flat, DType.FLOAT32);
    }

    private static List<Value> pieces(Formulas f, Value stretch, List<Part> of) {
        long[] lengths = of.stream().mapToLong(part -> part.shape().elements()).toArray();
        List<Value> flat = split(f, stretch, lengths);
        List<Value> shaped = new ArrayList<>();
        for (int i = 0; i < flat.size(); i++) {
            Value piece = f.reshape(flat.get(i), f.ints(of.get(i).shape().toArray()));
            DType dtype = of.get(i).dtype();
            shaped.add(dtype == DType.FLOAT32 ? piece : f.cast(piece, dtype));
        }
        return shaped;
    }

    private static List<Value> split(Formulas f, Value vector, long... lengths) {
        return lengths.length == 1 ? List.of(vector) : f.split(vector, 0, f.ints(lengths), lengths.length);
    }

    private List<List<Part>> stretches() {
        List<List<Part>> stretches = new ArrayList<>();
        for (Stretch stretch : Stretch.values()) {
            List<Part> of =
                    parts.stream().filter(part -> part.stretch() == stretch).toList();
            if (!of.isEmpty()) {
                stretches.add(of);
            }
        }
        return stretches;
    }

    private static long length(List<Part> stretch) {
        return stretch.stream().mapToLong(part -> part.shape().elements()).sum();
    }

    private Value scaling(Formulas f) {
        if (scaling == null) {
            scaling = writeScaling(f);
        }
        return scaling;
    }

    /** A scalar where all scalings are equal, else one factor for each element of B. */
    private Value writeScaling(Formulas f) {
        List<Part> ofB =
                parts.stream().filter(part -> part.stretch() == Stretch.B).toList();
        double first = ofB.get(0).scaling();
        if (ofB.stream().allMatch(part -> part.scaling() == first)) {
            return f.scalar(DType.FLOAT32, first * boost);
        }
        double[] factors = ofB.stream()
                .flatMapToDouble(part -> DoubleStream.generate(() -> part.scaling() * boost)
                        .limit(part.shape().elements()))
                .toArray();
        Tensor tensor = Tensor.ofDoubles("scaling", DType.FLOAT32, Shape.of(factors.length), factors);
        return f.builder().initializer("graft/scaling", tensor);
    }
}
