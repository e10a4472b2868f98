package dev.graft.training.graph;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.autodiff.Formulas;
import dev.graft.training.graph.TrainedPiece.Part;
import dev.graft.training.graph.TrainedPiece.Stored;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The flat vector of trainable values in a graph: every A, then every B with the branches' biases, then magnitudes, then whole weights, so that the scaling of all branches is one
 * product with the second part.
 */
final class ParameterVector {
    static final String PARAMETERS = "graft.parameters";

    private final GraphEditor editor;
    private final List<TrainedPiece> pieces;
    private @Nullable Value scaling;

    ParameterVector(GraphEditor editor, List<TrainedPiece> pieces) {
        this.editor = editor;
        this.pieces = List.copyOf(pieces);
    }

    TrainableLayout layout() {
        List<Entry> entries = new ArrayList<>();
        long offset = 0;
        for (Stored stored : stored(pieces).toList()) {
            entries.add(new Entry(stored.name(), stored.shape(), offset, stored.transposed(), stored.group()));
            offset += stored.shape().elements();
        }
        return new TrainableLayout(entries);
    }

    /** What the base has of magnitudes and whole weights, by the entry's name, in the graph's orientation. */
    Map<String, Tensor> base() {
        Map<String, Tensor> base = new LinkedHashMap<>();
        stored(pieces).forEach(stored -> {
            if (stored.base() != null) {
                base.put(stored.name(), stored.base());
            }
        });
        return base;
    }

    /** The values of the graph that are trained, made from the vector; the graph reads them from now on. */
    List<Value> define() {
        Graph graph = editor.model().graph();
        Value vector =
                editor.addGraphInput(graph, PARAMETERS, ValueType.of(DType.FLOAT32, new Dim.Fixed(length(pieces))));
        Formulas f = new Formulas(editor, editor.atStart(graph).named("graft/parameters"));
        List<Value> values = new ArrayList<>();
        List<List<TrainedPiece>> parts = parts();
        List<Value> flat = split(
                f, vector, parts.stream().mapToLong(ParameterVector::length).toArray());
        for (int i = 0; i < flat.size(); i++) {
            boolean scaled = parts.get(i).get(0).part() == Part.B;
            values.addAll(cut(f, scaled ? f.mul(flat.get(i), scaling(f)) : flat.get(i), parts.get(i)));
        }
        for (int i = 0; i < pieces.size(); i++) {
            pieces.get(i).binding().accept(values.get(i));
        }
        return values;
    }

    /** An entry as the graph has it, of float32, without B's scaling, through which no gradient goes back. */
    Value detached(Formulas f, String name) {
        Entry entry = layout().entries().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        Value vector = editor.model().graph().find(PARAMETERS).orElseThrow();
        long last = entry.offset() + entry.shape().elements();
        Value flat = f.slice(vector, f.ints(entry.offset()), f.ints(last), f.ints(0));
        Shape shape = entry.transposed() ? entry.shape().reversed() : entry.shape();
        return f.reshape(flat, f.ints(shape.toArray()));
    }

    /** The gradient of the vector, from those of the values. */
    Value gradient(Formulas f, List<Value> values, Map<Value, Value> gradients) {
        List<Value> whole = new ArrayList<>();
        int next = 0;
        for (List<TrainedPiece> part : parts()) {
            List<Value> flat = new ArrayList<>();
            for (TrainedPiece piece : part) {
                flat.add(flat(f, piece, gradients.get(values.get(next++))));
            }
            Value joined = f.builder().concat(0, flat);
            whole.add(part.get(0).part() == Part.B ? f.mul(joined, scaling(f)) : joined);
        }
        return f.builder().concat(0, whole);
    }

    private static Value flat(Formulas f, TrainedPiece piece, @Nullable Value gradient) {
        Value length = f.ints(piece.elements());
        if (gradient == null) {
            return f.zeros(DType.FLOAT32, length);
        }
        Value flat = f.reshape(gradient, length);
        return piece.dtype() == DType.FLOAT32 ? flat : f.cast(flat, DType.FLOAT32);
    }

    private static List<Value> cut(Formulas f, Value part, List<TrainedPiece> into) {
        List<Value> flat =
                split(f, part, into.stream().mapToLong(TrainedPiece::elements).toArray());
        List<Value> shaped = new ArrayList<>();
        for (int i = 0; i < flat.size(); i++) {
            Value piece = f.reshape(flat.get(i), f.ints(into.get(i).shape().toArray()));
            DType dtype = into.get(i).dtype();
            shaped.add(dtype == DType.FLOAT32 ? piece : f.cast(piece, dtype));
        }
        return shaped;
    }

    private static List<Value> split(Formulas f, Value vector, long... lengths) {
        return lengths.length == 1 ? List.of(vector) : f.split(vector, 0, f.ints(lengths), lengths.length);
    }

    private List<List<TrainedPiece>> parts() {
        return Arrays.stream(Part.values())
                .map(part ->
                        pieces.stream().filter(piece -> piece.part() == part).toList())
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static long length(List<TrainedPiece> pieces) {
        return pieces.stream().mapToLong(TrainedPiece::elements).sum();
    }

    private static Stream<Stored> stored(List<TrainedPiece> pieces) {
        return pieces.stream().flatMap(piece -> piece.tensors().stream());
    }

    private Value scaling(Formulas f) {
        if (scaling == null) {
            scaling = writeScaling(f);
        }
        return scaling;
    }

    /** A scalar where all scalings are equal, else one factor for each element of B. */
    private Value writeScaling(Formulas f) {
        List<Stored> ofB = pieces.stream()
                .filter(piece -> piece.part() == Part.B)
                .flatMap(piece -> piece.tensors().stream())
                .toList();
        double first = ofB.get(0).scaling();
        if (ofB.stream().allMatch(stored -> stored.scaling() == first)) {
            return f.scalar(DType.FLOAT32, first);
        }
        double[] factors = new double
                [Math.toIntExact(ofB.stream()
                        .mapToLong(stored -> stored.shape().elements())
                        .sum())];
        int next = 0;
        for (Stored stored : ofB) {
            int last = next + Math.toIntExact(stored.shape().elements());
            Arrays.fill(factors, next, last, stored.scaling());
            next = last;
        }
        Tensor tensor = Tensor.ofDoubles("scaling", DType.FLOAT32, Shape.of(factors.length), factors);
        return f.builder().initializer("graft/scaling", tensor);
    }
}
